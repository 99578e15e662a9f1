// A second click on a button that sends a form does nothing. The server takes two clicks for one as well.
(() => {
  const WAIT = 10000;
  const sent = new Set();
  const free = (form) => {
    sent.delete(form);
    form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => free(form), WAIT);
  });
  // The browser may show the page again as it was left.
  window.addEventListener("pageshow", () => sent.forEach(free));
})();
