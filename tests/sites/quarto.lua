-- What Quarto does with an extension's shortcodes, for pandoc alone: a raw block "shortcode" is one, and
-- what an HTML document depends on comes into its head. EXTENSION is where the extension lies.

local folder = os.getenv("EXTENSION")
local head = {}

quarto = {
  doc = {
    is_format = function(name)
      return name == "html:js" and FORMAT:match("html") ~= nil
    end,
    add_html_dependency = function(given)
      for _, script in ipairs(given.scripts) do
        local attributes = ""
        for name in pairs(script.attribs) do
          attributes = attributes .. " " .. name
        end
        head[#head + 1] = '<script src="' .. folder .. "/" .. script.path .. '"' .. attributes .. "></script>"
      end
    end,
  },
  utils = {
    resolve_path = function(path)
      return folder .. "/" .. path
    end,
  },
}

local shortcodes = dofile(folder .. "/crossent.lua")

-- Quarto gives the words as inlines, and of a name in quotation marks what is within them.
local function called(line, meta)
  local args, kwargs = {}, {}
  line = line:gsub("([%w-]+)=(['\"])(.-)%2", function(name, _, value)
    kwargs[name] = pandoc.Inlines(pandoc.Str(value))
    return ""
  end)
  for word in line:gmatch("%S+") do
    args[#args + 1] = pandoc.Inlines(pandoc.Str(word))
  end
  local name = pandoc.utils.stringify(table.remove(args, 1))
  return shortcodes[name](args, kwargs, meta)
end

function Pandoc(document)
  document = document:walk({
    RawBlock = function(block)
      if block.format == "shortcode" then
        return called(block.text, document.meta)
      end
    end,
  })
  document.meta["header-includes"] = pandoc.MetaBlocks({ pandoc.RawBlock("html", table.concat(head, "\n")) })
  return document
end
