-- What the scripts for REAPER share: asking the running Earmark. Not an action of its own.
-- Needs curl, which Windows 10 and macOS have, and Linux distributions offer. See docs/daw.md.
local bridge = {}

-- The file is in Earmark's data folder, readable by you alone, and there only while Earmark runs with the setting on.
local TOKEN_FILE = "daw-bridge.curl"
local TIMEOUT_MS = 8000

local function join(folder, name)
  local separator = package.config:sub(1, 1)
  return folder .. separator .. name
end

local function data_folder()
  local own = os.getenv("EARMARK_DATA")
  if own and own ~= "" then return own end
  local system = reaper.GetOS()
  if system:match("^Win") then return join(join(os.getenv("LOCALAPPDATA") or "", "earmark"), "Data") end
  local home = os.getenv("HOME") or ""
  if system:match("^OSX") or system:match("^macOS") then return home .. "/Library/Application Support/earmark" end
  local data = os.getenv("XDG_DATA_HOME")
  if data and data ~= "" then return data .. "/earmark" end
  return home .. "/.local/share/earmark"
end

local function quoted(text)
  return '"' .. text .. '"'
end

--- Shows a sentence.
function bridge.say(sentence)
  reaper.ShowMessageBox(sentence, "Earmark", 0)
end

--- Asks Earmark.
-- @param path of the request
-- @param body text to send, or nil
-- @return the lines of the answer; or nil and a sentence
function bridge.ask(path, body)
  local config = join(data_folder(), TOKEN_FILE)
  local file = io.open(config, "r")
  if not file then
    return nil, "Earmark is not running, or Settings > Scripts for REAPER is off there."
  end
  local address = (file:read("l") or ""):match("^# (http://127%.0%.0%.1:%d+)%s*$")
  file:close()
  if not address then return nil, "The file " .. config .. " is damaged. Restart Earmark." end

  -- The token is in the file that curl reads: command lines can be seen by others. The body is in a file, as paths may hold anything.
  local command = "curl --silent --show-error --noproxy 127.0.0.1 --max-time 5 --config " .. quoted(config)
  local request
  if body then
    request = join(reaper.GetResourcePath(), "earmark-request.txt")
    local out = io.open(request, "wb")
    if not out then return nil, "The file " .. request .. " cannot be written." end
    out:write(body)
    out:close()
    command = command .. " --data-binary " .. quoted("@" .. request)
  end
  local result = reaper.ExecProcess(command .. " " .. quoted(address .. path), TIMEOUT_MS)
  if request then os.remove(request) end
  if not result then return nil, "curl could not be started. Install curl first." end

  -- The first line is curl's exit code.
  local code, answer = result:match("^(%-?%d+)\r?\n(.*)$")
  if code ~= "0" then return nil, "Earmark does not answer. Start it, then run the script again." end
  local lines = {}
  for line in (answer .. "\n"):gmatch("(.-)\r?\n") do lines[#lines + 1] = line end
  local state = table.remove(lines, 1)
  if state == "ok" then return lines end
  return nil, lines[1] or "Earmark gave no answer. Try again."
end

return bridge
