# What our installer does beside electron-builder's own: the command on PATH, and the start at login.
#
# The Run key starts the app, not the agent: the agent is a program of the console, and Windows would open a console
# window for it at every login. The app starts the agent without one.

!include "${__FILEDIR__}\path.nsh"

!define LANYARD_RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"

!ifndef BUILD_UNINSTALLER
  !insertmacro lanyardPathFunction ""
!else
  !insertmacro lanyardPathFunction "un."
!endif

!macro customInstall
  WriteRegStr HKLM "${LANYARD_RUN_KEY}" "Lanyard" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" --hidden'
  Push "$INSTDIR\resources\lanyard"
  Push "add"
  Call lanyardPath
!macroend

!macro customUnInstall
  # A newer version that takes this one's place keeps both.
  ${ifNot} ${isUpdated}
    DeleteRegValue HKLM "${LANYARD_RUN_KEY}" "Lanyard"
    Push "$INSTDIR\resources\lanyard"
    Push "remove"
    Call un.lanyardPath
  ${endIf}
!macroend
