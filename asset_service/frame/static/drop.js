// Files may be dropped on a form.drop, and are handed in at once. Without this file its file field and button do the same.
"use strict";

function handIn(form, files) {
  const field = form.querySelector("input[type=file]");
  if (files) field.files = files;
  form.requestSubmit();
}

document.querySelectorAll("form.drop").forEach((form) => {
  const zone = form.querySelector(".drop-zone");
  let depth = 0;
  zone.querySelector(".drop-words").hidden = false;
  zone.addEventListener("dragenter", () => {
    depth += 1;
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth === 0) zone.classList.remove("over");
  });
  zone.addEventListener("drop", (event) => {
    depth = 0;
    zone.classList.remove("over");
    if (event.dataTransfer.files.length) handIn(form, event.dataTransfer.files);
  });
  form.addEventListener("submit", () => {
    form.querySelector(".drop-status").textContent = form.dataset.busy;
  });
});

// A file that misses the zone would replace the page.
["dragover", "drop"].forEach((kind) => window.addEventListener(kind, (event) => event.preventDefault()));
