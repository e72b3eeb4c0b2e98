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
  /** Window asks: → absolute path of the folder of demo sounds. */
  /** Window tells: paths. */
  dragOut: 'earmark:drag-out',
} as const;
