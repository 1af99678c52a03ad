// Narrows the table of claims down to the rows that have all words that are typed; the table stands without it, too.
document.addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector("table.udm-finder");
  if (!table) return;
  const letters = new Map();
  document.querySelectorAll("#udm-letters data").forEach((d) => letters.set(d.value, d.textContent.toLowerCase()));
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => {
    const tag = (row.querySelector("[id^=find-]") || row).id.replace("find-", "");
    return [row, row.textContent.toLowerCase() + " " + (letters.get(tag) || "")];
  });
  const box = document.createElement("p");
  box.innerHTML = '<label>Find: <input type="search" id="udm-find" autocomplete="off"></label> <span role="status"></span>';
  table.before(box);
  const input = box.querySelector("input"), status = box.querySelector("span");
  const narrow = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach(([row, text]) => {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    });
    status.textContent = `${shown} of ${rows.length} claims`;
  };
  input.addEventListener("input", narrow);
  narrow();
});
