// Adds a "show password" switch beside each password field. The pages work without it.
document.querySelectorAll("[data-show-password]").forEach((field) => {
  const input = field.querySelector("input[type=password]");
  if (!input) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show-password";
  button.textContent = field.dataset.showPassword;
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.setAttribute("aria-pressed", String(visible));
  };
  show(false);
  button.addEventListener("click", () => show(input.type === "password"));
  // Password managers and the browser's memory of forms expect a password field.
  input.form.addEventListener("submit", () => show(false));
  input.after(button);
});
