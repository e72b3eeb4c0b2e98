-- Earmark: insert the sound or range that is selected there, at the edit cursor, on the first selected track.
local folder = debug.getinfo(1, "S").source:match("^@?(.*[/\\])") or ""
local bridge = dofile(folder .. "earmark_bridge.lua")

local lines, problem = bridge.ask("/current")
if not lines then return bridge.say(problem) end
local path, name = lines[1], lines[4]
local start, finish = tonumber(lines[2]), tonumber(lines[3])

local source = reaper.PCM_Source_CreateFromFile(path)
if not source then return bridge.say("REAPER cannot open " .. path .. ".") end
local length = (finish or reaper.GetMediaSourceLength(source)) - start

reaper.Undo_BeginBlock()
local track = reaper.GetSelectedTrack(0, 0)
if not track then
  local number = reaper.CountTracks(0)
  reaper.InsertTrackAtIndex(number, true)
  track = reaper.GetTrack(0, number)
end
local cursor = reaper.GetCursorPosition()
local item = reaper.AddMediaItemToTrack(track)
local take = reaper.AddTakeToMediaItem(item)
reaper.SetMediaItemTake_Source(take, source)
reaper.SetMediaItemTakeInfo_Value(take, "D_STARTOFFS", start)
reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", name, true)
reaper.SetMediaItemInfo_Value(item, "D_POSITION", cursor)
reaper.SetMediaItemInfo_Value(item, "D_LENGTH", length)
reaper.SetEditCurPos(cursor + length, true, false)
reaper.Main_OnCommand(40047, 0) -- Peaks: Build any missing peaks
reaper.UpdateArrange()
reaper.Undo_EndBlock("Earmark: insert " .. name, -1)
