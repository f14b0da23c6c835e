// Shows the rows of the chosen classes that hold the words; without it every row is shown.
"use strict";
const form = document.getElementById("filters");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll("#worklist tbody tr"));
const words = rows.map((row) => row.textContent.toLowerCase());

function apply() {
  const asked = form.elements.words.value.toLowerCase().split(" ").filter(Boolean);
  const boxes = form.querySelectorAll("input[name=class]:checked");
  const kinds = new Set(Array.from(boxes, (box) => box.value));
  let count = 0;
  rows.forEach((row, place) => {
    row.hidden = !(kinds.has(row.dataset.class) && asked.every((word) => words[place].includes(word)));
    count += row.hidden ? 0 : 1;
  });
  shown.textContent = `${count} of ${rows.length} rows shown`;
}

form.hidden = false;
form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
apply();
