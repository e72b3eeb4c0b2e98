; Explorer's entry “Find similar in Earmark” for files that Windows counts as audio. Included by electron-builder's installer;
; SHELL_CONTEXT is the user's own registry or the machine's, as chosen at installation.
!define EARMARK_ENTRY "Software\Classes\SystemFileAssociations\audio\shell\Earmark.FindSimilar"

!macro customInstall
  WriteRegStr SHELL_CONTEXT "${EARMARK_ENTRY}" "" "Find similar in Earmark"
  WriteRegStr SHELL_CONTEXT "${EARMARK_ENTRY}" "Icon" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}"'
  ; One program is started for each selected file otherwise.
  WriteRegStr SHELL_CONTEXT "${EARMARK_ENTRY}" "MultiSelectModel" "Single"
  WriteRegStr SHELL_CONTEXT "${EARMARK_ENTRY}\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro customUnInstall
  DeleteRegKey SHELL_CONTEXT "${EARMARK_ENTRY}"
!macroend
