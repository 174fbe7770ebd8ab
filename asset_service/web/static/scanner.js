// A keyboard-wedge scanner types a code faster than people do and ends with Enter, whatever has the focus. Without this
// file that Enter presses the focused button. With it a scan goes to the scan box and presses nothing.
//
// Fields: data-scan="find" (a search) takes a scan as it comes; data-scan="fill" keeps what is scanned, without its Enter.
// In a form.deliberate Enter presses nothing at all, however slowly it comes: the mouse, a finger or Space do.
"use strict";

// Between two keys of one scan. Who writes in a field needs longer than a scanner; elsewhere nobody writes at all.
const LONGEST_GAP_MS = {writing: 60, elsewhere: 500};
const SHORTEST_SCAN = 4;

let typed = "";
let lastAt = -Infinity;
let before = null;  // the field that had the focus when the burst began, and what stood in it
let scanned = false;  // the last key was the Enter of a scan: some scanners send another one behind it
const swallowed = new Set();

function editable(element) {
  return element instanceof HTMLElement && element.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=file]), textarea, select");
}

function takesScans(element) {
  const form = element.form;
  return element.dataset.scan === "find" || (editable(element) && form && form.method === "get");
}

function longestGap(element) {
  return editable(element) ? LONGEST_GAP_MS.writing : LONGEST_GAP_MS.elsewhere;
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

function pressed(event, isScan, again) {
  const element = event.target;
  const isOurs = document.querySelector("form.scan") !== null && !takesScans(element);
  scanned = isOurs && (isScan || again);
  if (isOurs && again) swallow(event);
  else if (isOurs && isScan) finish(event);
  else if (element.closest("form.deliberate") && !element.matches("textarea, a[href], summary")) swallow(event);
}

document.addEventListener("keydown", (event) => {
  const element = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !(element instanceof HTMLElement)) return;
  if (event.key === "Shift") return;
  const quick = event.timeStamp - lastAt <= longestGap(element) && !event.repeat;
  const again = quick && scanned;
  lastAt = event.timeStamp;
  scanned = false;
  if (event.key === "Enter") {
    pressed(event, quick && typed.length >= SHORTEST_SCAN, again);
    typed = "";
  } else if (event.key.length !== 1) {
    typed = "";
  } else {
    const within = quick && typed.trim().length > 0;
    if (!within) begin(event);
    typed += event.key;
    // Within a burst no key presses or opens anything either: not Space on a button, not "/" for the scan box.
    if (within && !editable(element)) swallow(event);
  }
}, true);

document.addEventListener("keyup", (event) => {
  if (!swallowed.delete(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// A click by keyboard (detail 0) on a button right after a burst is the scanner's.
document.addEventListener("click", (event) => {
  const quick = event.timeStamp - lastAt <= LONGEST_GAP_MS.writing;
  if (event.detail === 0 && event.isTrusted && quick && typed.trim().length >= SHORTEST_SCAN) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
