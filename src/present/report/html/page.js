// The list of customers: search, filters, order and pages over the data that stands in the page. Every text goes into
// the document as text, never as markup.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);

  const theme = byId("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const wanted = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = wanted === "dark" ? "light" : "dark";
  });

  const source = byId("customers-data");
  if (!source) {
    return;
  }
  const { lang, rows: all, grades, words, columns } = JSON.parse(source.textContent);
  const PAGE = 50;
  const form = byId("find");
  const search = byId("search");
  const selects = [...form.querySelectorAll("select")];
  const count = byId("count");
  const pager = byId("pager");
  const table = byId("customers-table");
  const body = table.tBodies[0];

  const place = (column, row) => (column.p ? column.p[row] : row);
  const textAt = (column, row) => column.t[place(column, row)];
  // Full-width letters and digits are found by plain ones.
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  let folded = null;

  const state = { page: 0, sort: -1, down: false, rows: [] };

  // The place of each distinct text of a column in its order; what is missing comes last, whichever way.
  const collator = new Intl.Collator(lang, { numeric: true });
  const orders = new Map();
  function orderOf(column) {
    if (!orders.has(column)) {
      const value = column.t.map((text) =>
        column.k === "number" ? Number(text.replace(/[,%+]/g, "")) : text);
      const places = column.t.map((_, index) => index);
      if (column.k === "number") {
        places.sort((one, other) => value[one] - value[other]);
      } else if (column.k === "text") {
        places.sort((one, other) => collator.compare(value[one], value[other]));
      } else if (column.k === "date") {
        places.sort((one, other) => (value[one] < value[other] ? -1 : value[one] > value[other] ? 1 : 0));
      }
      // Grades stay as they come: best first. Equal values share a place, so that rows keep their order among them.
      const rank = [];
      places.forEach((at, index) => {
        const before = places[index - 1];
        rank[at] = index > 0 && value[before] === value[at] ? rank[before] : index;
      });
      orders.set(column, rank);
    }
    return orders.get(column);
  }

  function find() {
    const wanted = fold(search.value).split(/\s+/).filter(Boolean);
    if (wanted.length && !folded) {
      const texts = columns.map((column) => column.t.map(fold));
      folded = Array.from({ length: all }, (_, row) =>
        columns.map((column, index) => texts[index][place(column, row)]).join("\n"));
    }
    const chosen = selects
      .filter((select) => select.value !== "")
      .map((select) => [columns[select.dataset.column], Number(select.value)]);
    const rows = [];
    for (let row = 0; row < all; row += 1) {
      if (chosen.every(([column, value]) => place(column, row) === value)
        && wanted.every((word) => folded[row].includes(word))) {
        rows.push(row);
      }
    }
    if (state.sort >= 0) {
      const column = columns[state.sort];
      const rank = orderOf(column);
      const sign = state.down ? -1 : 1;
      rows.sort((one, other) => {
        const none = Number(textAt(column, one) === "") - Number(textAt(column, other) === "");
        return none || sign * (rank[place(column, one)] - rank[place(column, other)]) || one - other;
      });
    }
    state.rows = rows;
    state.page = 0;
    show();
  }

  function cell(column, index, row) {
    const text = textAt(column, row);
    const made = document.createElement(index === 0 ? "th" : "td");
    if (index === 0) {
      made.scope = "row";
    }
    made.className = column.c;
    const grade = place(column, row);
    if (column.k === "grade" && grade < grades) {
      const chip = document.createElement("b");
      chip.className = `grade g${grade}`;
      chip.textContent = text;
      made.append(chip);
    } else {
      made.textContent = text;
    }
    return made;
  }

  function show() {
    const { rows } = state;
    const last = Math.max(0, Math.ceil(rows.length / PAGE) - 1);
    state.page = Math.min(Math.max(state.page, 0), last);
    const first = state.page * PAGE;
    const shown = rows.slice(first, first + PAGE);
    body.replaceChildren(...shown.map((row) => {
      const line = document.createElement("tr");
      line.append(...columns.map((column, index) => cell(column, index, row)));
      return line;
    }));
    const number = (value) => value.toLocaleString("en-US");
    const word = rows.length === 0 ? words.none : rows.length === all ? words.whole : words.shown;
    const values = { from: first + 1, to: first + shown.length, count: rows.length, all };
    count.textContent = word.replace(/\{(\w+)\}/g, (_, name) => number(values[name]));
    pager.hidden = last === 0;
    for (const button of pager.querySelectorAll("button")) {
      const back = button.dataset.step === "first" || button.dataset.step === "back";
      button.disabled = state.page === (back ? 0 : last);
    }
  }

  columns.forEach((column, index) => {
    const heading = document.createElement("th");
    heading.scope = "col";
    heading.className = column.c;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column.h;
    button.addEventListener("click", () => {
      state.down = state.sort === index && !state.down;
      state.sort = index;
      for (const other of table.tHead.rows[0].cells) {
        other.removeAttribute("aria-sort");
      }
      heading.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      find();
    });
    heading.append(button);
    table.tHead.rows[0].append(heading);
  });

  pager.addEventListener("click", (event) => {
    const steps = { first: -Infinity, back: -1, on: 1, last: Infinity };
    const step = steps[event.target.dataset.step];
    if (step === undefined) {
      return;
    }
    state.page = Number.isFinite(step) ? state.page + step : step < 0 ? 0 : state.rows.length;
    show();
  });

  // Who types fast is not made to wait for each letter, nor told of each.
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 120);
  });
  selects.forEach((select) => select.addEventListener("change", find));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(find));
  form.hidden = false;
  find();
})();
