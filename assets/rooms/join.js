// The page where a code is typed. A code in its address, as a QR code has it, is tried at once.

import { setText } from "../runtime/dom.js";
import { refusal } from "./words.js";
import { Wire } from "./wire.js";

export function startJoin(form, language) {
  const field = form.elements.code;
  const said = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  const say = (text) => {
    setText(said, text);
    said.hidden = !text;
    field.setAttribute("aria-invalid", String(Boolean(text)));
  };
  const find = (code) => {
    say("");
    button.disabled = true;
    const wire = new Wire({
      greeting: () => ({ find: code }),
      lost: say,
      hear: ({ found, refused }) => {
        wire.end();
        button.disabled = false;
        if (found) location.assign(addressOf(found, language));
        else {
          say(refusal(refused));
          field.select();
        }
      },
    });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find(field.value);
  });
  const code = new URLSearchParams(location.search).get("code");
  if (code) {
    field.value = code.slice(0, field.maxLength);
    find(code);
  } else field.focus();
}

/** The room's page, in the visitor's language if it is there in it. */
function addressOf({ code, page, languages }, language) {
  const ending = languages.includes(language) && language !== "en" ? `.${language}.html` : "";
  return `/${page}${ending}?room=${code}`;
}
