/** Names of the messages between the window and the desktop host; the preload and the host both read them here. */
export const CHANNELS = {
  /** Window asks: call name, input → Reply. */
  call: 'earmark:call',
  /** Host tells: event name, payload. */
  event: 'earmark:event',
  /** Host tells: id of an action that was chosen in the menu. */
  action: 'earmark:action',
  /** Window asks: path → null. */
  reveal: 'earmark:reveal',
  /** Window asks: → absolute paths of folders, empty when the dialog was closed. */
  chooseFolders: 'earmark:choose-folders',
  /** Window asks: extensions → absolute path of a file to read, null when the dialog was closed. */
  chooseFile: 'earmark:choose-file',
  /** Host tells: lost or connected. Window asks: → which of them it is. */
  state: 'earmark:state',
  /** Window asks: name and endings → token and path of a file to write, null when the dialog was closed. */
  chooseOutput: 'earmark:choose-output',
  /** Window asks: → token and path of a folder to write into, null when the dialog was closed. */
  chooseOutputFolder: 'earmark:choose-output-folder',
  /** Window tells: path, start and end of a part of a file, s. */
  dragPiece: 'earmark:drag-piece',
  /** Window tells: paths. */
  dragOut: 'earmark:drag-out',
} as const;
