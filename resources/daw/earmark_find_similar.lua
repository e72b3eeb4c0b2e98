-- Earmark: find sounds like the selected item, from where it begins in its file.
local folder = debug.getinfo(1, "S").source:match("^@?(.*[/\\])") or ""
local bridge = dofile(folder .. "earmark_bridge.lua")

local item = reaper.GetSelectedMediaItem(0, 0)
local take = item and reaper.GetActiveTake(item)
if not take then return bridge.say("Select an audio item first.") end
if reaper.TakeIsMIDI(take) then return bridge.say("The selected item is MIDI. Select an audio item.") end

local source = reaper.GetMediaItemTake_Source(take)
-- A section, or a reversed source, is of another one, which has the file.
local parent = reaper.GetMediaSourceParent(source)
while parent do
  source = parent
  parent = reaper.GetMediaSourceParent(source)
end
local path = reaper.GetMediaSourceFileName(source, "")
local start = reaper.GetMediaItemTakeInfo_Value(take, "D_STARTOFFS")
-- Seconds with a point, whatever the locale. An item that begins with its file is meant as a whole.
local from = start > 0 and string.format("%.6f", start):gsub(",", ".") or ""

local lines, problem = bridge.ask("/similar", path .. "\n" .. from .. "\n")
if not lines then bridge.say(problem) end
