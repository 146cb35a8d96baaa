// Passkeys: asks the site for a question, the browser for an answer, and sends the answer with
// the form around the button. Only this needs scripts; every other way of signing in works without.

const FROM_TEXT = { "-": "+", _: "/" };
const TO_TEXT = { "+": "-", "/": "_", "=": "" };

function toBytes(text) {
  const binary = atob(text.replace(/[-_]/g, (sign) => FROM_TEXT[sign]));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/[+/=]/g, (sign) => TO_TEXT[sign]);
}

function known(list = []) {
  return list.map((one) => ({ ...one, id: toBytes(one.id) }));
}

function creation(options) {
  return {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
}

function request(options) {
  return {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: known(options.allowCredentials),
  };
}

function answerOf(credential) {
  const response = {};
  for (const name of [
    "attestationObject",
    "authenticatorData",
    "clientDataJSON",
    "signature",
    "userHandle",
  ]) {
    if (credential.response[name]) {
      response[name] = toText(credential.response[name]);
    }
  }
  const id = toText(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response });
}

async function ask(button) {
  const { form } = button;
  const answer = await fetch(button.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (!answer.ok || answer.redirected) {
    throw new Error("no options");
  }
  const options = await answer.json();
  const credential =
    button.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creation(options) })
      : await navigator.credentials.get({ publicKey: request(options) });
  form.elements.factor_passkey.value = answerOf(credential);
  form.submit();
}

function prepare(button) {
  const status = button.form.querySelector("[data-passkey-status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = "";
    try {
      await ask(button);
    } catch {
      status.textContent = "The passkey was not used. Try again, or use another way.";
      button.disabled = false;
    }
  });
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("[data-passkey]").forEach(prepare);
}
