// Narrows the table of claims down to what is typed, with those that a paper states before those that it is about; the
// table stands without it, too. A word is found as a part of another; one with a digit, as a number, only as a whole.
// The name of a paper and a number have to be those of one equation.
const bare = (word) => word.replace(/^[([,;]+|[)\],;:]+$/g, "");
const words = (text) => text.toLowerCase().split(/\s+/).map(bare).filter(Boolean);
const isWhole = (word) => /\d/.test(word) && !/[_^\\{]/.test(word);
const has = (text, word) => (isWhole(word) ? words(text).includes(word) : text.includes(word));

// Of a claim: 0 if its own words or an equation that states it have all words, 1 if one that it is about has, or -1.
function rank(claim, typed, names) {
  const other = (word) => !has(claim.own, word) && !(/[a-z]/.test(word) && claim.tag.startsWith(word));
  const numbered = typed.some((word) => isWhole(word) && other(word));
  const rest = typed.filter((word) => other(word) || (numbered && names.has(word)));
  if (!rest.length) return 0;
  const found = claim.equations.filter((e) => rest.every((word) => has(e.text, word)));
  return found.length ? (found.some((e) => e.states) ? 0 : 1) : -1;
}

function narrowed(claims, names, query) {
  const typed = words(query), ranks = claims.map((claim) => rank(claim, typed, names));
  const order = [0, 1].flatMap((k) => claims.filter((_, n) => ranks[n] === k));
  return order.concat(claims.filter((_, n) => ranks[n] < 0)).map((claim) => [claim, ranks[claims.indexOf(claim)] >= 0]);
}

function read(table) {
  const told = [...document.querySelectorAll("#udm-letters data")].map((d) => [d, d.textContent.toLowerCase()]);
  const papers = new Map(told.filter(([d]) => d.className === "paper").map(([d, text]) => [d.value, text]));
  const claims = [...table.querySelectorAll("tbody tr")].map((row) => {
    const tag = (row.querySelector("[id^=find-]") || row).id.replace("find-", "");
    const own = [...row.cells].slice(0, 3).map((cell) => cell.textContent.toLowerCase());
    return { row, tag, own: own.join(" "), equations: [] };
  });
  const of = new Map(claims.map((claim) => [claim.tag, claim]));
  told.forEach(([d, text]) => {
    const claim = of.get(d.value);
    if (!claim || d.className === "paper") return;
    if (d.className === "symbols") claim.own += ` ${text}`;
    else {
      const one = (number) => ({ text: `${papers.get(d.dataset.of)} ${number}`, states: d.className === "states" });
      claim.equations.push(...text.split("|").map(one));
    }
  });
  return [claims, new Set([...papers.values()].flatMap(words))];
}

function start() {
  const table = document.querySelector("table.udm-finder");
  if (!table) return;
  const [claims, names] = read(table), body = table.querySelector("tbody");
  const box = document.createElement("p");
  box.innerHTML = '<label>Find: <input type="search" id="udm-find" autocomplete="off"></label> <span role="status"></span>';
  table.before(box);
  const input = box.querySelector("input"), status = box.querySelector("span");
  const narrow = () => {
    let shown = 0;
    narrowed(claims, names, input.value).forEach(([claim, found]) => {
      claim.row.hidden = !found;
      shown += found ? 1 : 0;
      body.append(claim.row);
    });
    status.textContent = `${shown} of ${claims.length} claims`;
  };
  input.addEventListener("input", narrow);
  narrow();
}

if (typeof document === "undefined") module.exports = { narrowed };
else document.addEventListener("DOMContentLoaded", start);
