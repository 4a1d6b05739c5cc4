// Asks before what cannot be taken back, and lets a form go off once only.

function ask(question) {
  const { yes, no } = document.body.dataset;
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  const text = document.createElement("p");
  text.textContent = question;
  const buttons = document.createElement("div");
  const cancel = document.createElement("button");
  cancel.className = "btn btn-outline-secondary";
  cancel.textContent = no;
  const confirm = document.createElement("button");
  confirm.className = "btn btn-danger";
  confirm.textContent = yes;
  buttons.append(cancel, confirm);
  dialog.append(text, buttons);
  dialog.setAttribute("aria-label", question);
  document.body.append(dialog);
  return new Promise((resolve) => {
    cancel.addEventListener("click", () => dialog.close(""));
    confirm.addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
    cancel.focus();
  });
}

export function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  }
}

async function submitted(event) {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !form.dataset.confirmed) {
    event.preventDefault();
    const { submitter } = event;
    if (await ask(question)) {
      form.dataset.confirmed = "1";
      form.requestSubmit(submitter);
    }
    return;
  }
  delete form.dataset.confirmed;
  form.dataset.sent = "1";
  // A disabled button would not be sent along, so it is only made to look and act like one.
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
    button.classList.add("is-busy");
    button.setAttribute("aria-disabled", "true");
  }
}

export function guardForms(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    form.addEventListener("submit", submitted);
    // The page comes back from the browser's memory with the back button.
    window.addEventListener("pageshow", () => release(form));
  }
}
