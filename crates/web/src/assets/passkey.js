// Passkeys need a script: what the browser is to sign comes from the page, and what it signed goes back in a form of it.
// Pages show nothing of passkeys until this file has found that the browser knows them.
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  document.querySelectorAll("[data-passkeys]").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("[data-no-passkeys]").forEach((part) => { part.hidden = true; });

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  };
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = (kind, options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (kind === "get") {
      publicKey.allowCredentials = named(options.allowCredentials);
      return navigator.credentials.get({ publicKey });
    }
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  };

  const answer = ({ id, rawId, type, response }) => {
    const sent = { id, rawId: text(rawId), type, response: {} };
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) sent.response[name] = text(response[name]);
    }
    return JSON.stringify(sent);
  };

  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const trouble = form.querySelector("[data-passkey-trouble]");
  let running = false;
  const run = async () => {
    if (running) return;
    running = true;
    trouble.hidden = true;
    try {
      const made = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
      form.elements.answer.value = answer(made);
      form.submit();
    } catch {
      // Cancelled, timed out, or no passkey here: browsers do not say which.
      running = false;
      trouble.hidden = false;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  // A sign-in was asked for on the page before; where the browser wants another click, the button is there.
  if (form.dataset.passkey === "get") run();
})();
