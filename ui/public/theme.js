// Sets data-theme and lang before the first paint: the user's choice, else the system's.
(function () {
  var theme = null;
  var locale = null;
  try {
    theme = localStorage.getItem("warmline.theme");
    locale = localStorage.getItem("warmline.locale");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.dataset.theme = theme;
  if (locale === "en" || locale === "ru" || locale === "pl") document.documentElement.lang = locale;
})();
