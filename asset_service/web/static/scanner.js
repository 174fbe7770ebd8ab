// A keyboard-wedge scanner types a code faster than people do and ends with Enter, whatever has the focus. Without this
// file that Enter presses the focused button. With it a scan goes to the scan box and presses nothing.
//
// Fields: data-scan="find" (a search) takes a scan as it comes; data-scan="fill" keeps what is scanned, without its Enter.
// In a form.deliberate Enter presses nothing at all, however slowly it comes: the mouse, a finger or Space do.
"use strict";

const LONGEST_GAP_MS = 60;  // between two keys of a scanner; a very fast typist needs more
const SHORTEST_SCAN = 4;

let typed = "";
let lastAt = -Infinity;
let before = null;  // the field that had the focus when the burst began, and what stood in it
let swallowed = new Set();

function editable(element) {
  return element instanceof HTMLElement && element.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=file]), textarea, select");
}

function takesScans(element) {
  const form = element.form;
  return element.dataset.scan === "find" || (editable(element) && form && form.method === "get");
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  swallowed.add(event.key);
}

function restore() {
  if (before) before.element.value = before.value;
}

function send(code, act) {
  const form = document.querySelector("form.scan");
  if (!form) return;
  form.elements.q.value = code;
  if (act) form.requestSubmit();
  else form.elements.q.focus();
}

function begin(event) {
  const element = event.target;
  typed = "";
  before = editable(element) ? {element, value: element.value} : null;
}

function finish(event) {
  const element = event.target;
  const code = typed;
  typed = "";
  swallow(event);
  if (element.dataset.scan === "fill") return;
  const writing = editable(element);
  restore();
  // Who was writing finds the code in the scan box, and loses nothing of what stands in the form.
  send(code, !writing);
}

document.addEventListener("keydown", (event) => {
  const element = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !(element instanceof HTMLElement)) return;
  const gap = event.timeStamp - lastAt;
  const inBurst = gap <= LONGEST_GAP_MS && !event.repeat;
  if (event.key === "Shift") return;
  lastAt = event.timeStamp;
  if (event.key === "Enter") {
    if (inBurst && typed.length >= SHORTEST_SCAN && !takesScans(element)) finish(event);
    else if (element.closest("form.deliberate") && !element.matches("textarea, a[href], summary")) swallow(event);
    typed = "";
    return;
  }
  if (event.key.length !== 1) {
    typed = "";
    return;
  }
  if (!inBurst) begin(event);
  typed += event.key;
  // Within a burst no key presses or opens anything either: not Space on a button, not "/" for the scan box.
  if (inBurst && !editable(element)) swallow(event);
}, true);

document.addEventListener("keyup", (event) => {
  if (!swallowed.delete(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// A click by keyboard (detail 0) on a button right after a burst is the scanner's.
document.addEventListener("click", (event) => {
  if (event.detail === 0 && event.isTrusted && typed.length >= SHORTEST_SCAN && event.timeStamp - lastAt <= LONGEST_GAP_MS) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
