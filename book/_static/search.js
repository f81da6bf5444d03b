/* Puts the claims and exercises that hold all words of a search above the pages that Sphinx finds. */
(function () {
  "use strict";

  var MOST = 12;

  function link(address, text) {
    var made = document.createElement("a");
    made.href = address;
    made.textContent = text;
    return made;
  }

  function claimItem(row) {
    var item = document.createElement("li");
    var verdict = document.createElement("span");
    var quotation = document.createElement("span");
    verdict.className = "verdict " + row[1];
    verdict.textContent = row[2];
    quotation.className = "quotation";
    quotation.lang = "zh";
    quotation.textContent = "“" + row[4] + "”";
    item.append(link(row[5], "Claim " + row[0]), " ", verdict, document.createElement("br"), row[3] + " ", quotation);
    return item;
  }

  function exerciseItem(row) {
    var item = document.createElement("li");
    item.append(link(row[3], "Exercise: " + row[0]), " (level " + row[1] + ", about " + row[2] + " min)");
    return item;
  }

  function matching(rows, words) {
    return rows.filter(function (row) {
      var text = row.join(" ").toLowerCase();
      return words.every(function (word) { return text.indexOf(word) >= 0; });
    });
  }

  function section(title, rows, item) {
    var made = document.createElement("section");
    var heading = document.createElement("h2");
    var list = document.createElement("ul");
    heading.textContent = title + " (" + rows.length + ")";
    list.className = "found";
    rows.slice(0, MOST).forEach(function (row) { list.appendChild(item(row)); });
    made.append(heading, list);
    return made;
  }

  document.addEventListener("DOMContentLoaded", function () {
    var asked = new URLSearchParams(window.location.search).get("q") || "";
    var words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    var place = document.getElementById("search-results");
    if (!words.length || !place) {
      return;
    }
    var claims = matching(window.COURSE.claims, words);
    var exercises = matching(window.COURSE.exercises, words);
    if (claims.length) {
      place.before(section("Claims", claims, claimItem));
    }
    if (exercises.length) {
      place.before(section("Exercises", exercises, exerciseItem));
    }
  });
})();
