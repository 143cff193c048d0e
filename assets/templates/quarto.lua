-- The shortcodes crossent-figure and crossent-lesson, written by `crossent quarto-extension`:
--
--   {{< crossent-figure logit-gradient state='{"logits": [2, 1, 0.1]}' caption="Pull a logit." >}}
--   {{< crossent-lesson surprise >}}
--
-- In HTML they are living; elsewhere, as in PDF and PowerPoint, a picture that leads to the living one
-- below the address that the document's metadata calls crossent-url.

local parts = dofile(quarto.utils.resolve_path("parts.lua"))

local function text(value)
  return value and pandoc.utils.stringify(value) or ""
end

-- What is known by a name of its kind.
local function known(kind, all, name)
  if not all[name] then
    local names = {}
    for one in pairs(all) do
      names[#names + 1] = one
    end
    table.sort(names)
    local others = #names > 0 and table.concat(names, ", ") or "none (--only brings lessons)"
    error("crossent: no " .. kind .. " '" .. name .. "'; there are " .. others, 0)
  end
  return all[name]
end

local function escaped(value)
  return (value:gsub("[&<>\"']", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
    ['"'] = "&quot;", ["'"] = "&#39;" }))
end

-- An element with those attributes that say something.
local function element(name, attributes)
  local said = {}
  for _, pair in ipairs(attributes) do
    if pair[2] ~= "" then
      said[#said + 1] = " " .. pair[1] .. '="' .. escaped(pair[2]) .. '"'
    end
  end
  return "<" .. name .. table.concat(said) .. "></" .. name .. ">"
end

local function script(name)
  quarto.doc.add_html_dependency({
    name = "crossent-" .. name,
    version = parts.version,
    scripts = { { path = name .. ".js", attribs = { defer = "" } } },
  })
end

-- What stands in a document that is not HTML; of a lesson without figures it is the title.
local function picture(name, title, caption, page, meta)
  local shown = name == "" and pandoc.Str(title)
    or pandoc.Image(title, quarto.utils.resolve_path("pictures/" .. name .. ".png"))
  local base = text(meta["crossent-url"]):gsub("/$", "")
  local inner = base == "" and shown or pandoc.Link(shown, base .. "/" .. page)
  local blocks = { pandoc.Para({ inner }) }
  if caption ~= "" then
    blocks[2] = pandoc.Para(pandoc.Str(caption))
  end
  return blocks
end

local function living(html, caption)
  if caption ~= "" then
    html = '<figure class="crossent">' .. html .. "<figcaption>" .. escaped(caption)
      .. "</figcaption></figure>"
  end
  return pandoc.RawBlock("html", html)
end

local function figure(args, kwargs, meta)
  local name, state, caption = text(args[1]), text(kwargs["state"]), text(kwargs["caption"])
  local title = known("figure", parts.figures, name)
  if state ~= "" and type(select(2, pcall(pandoc.json.decode, state, false))) ~= "table" then
    error("crossent: the state is JSON such as '{\"target\": 1}'; got '" .. state .. "'", 0)
  end
  if not quarto.doc.is_format("html:js") then
    return picture(name, title, caption, "figures/" .. name .. ".html", meta)
  end
  script("figures")
  return living(element("crossent-figure", {
    { "name", name }, { "state", state }, { "hide", text(kwargs["hide"]) },
    { "theme", text(kwargs["theme"]) }, { "form", text(kwargs["form"]) },
  }), caption)
end

local function lesson(args, kwargs, meta)
  local name, caption = text(args[1]), text(kwargs["caption"])
  local about = known("lesson", parts.lessons, name)
  if not quarto.doc.is_format("html:js") then
    return picture(about.picture, about.title, caption, name .. ".html", meta)
  end
  script("lesson-" .. name)
  return living(element("div", {
    { "data-crossent-lesson", name }, { "data-title", "Crossent: " .. about.title },
    { "data-height", text(kwargs["height"]) }, { "data-site", text(meta["crossent-url"]) },
  }), caption)
end

return { ["crossent-figure"] = figure, ["crossent-lesson"] = lesson }
