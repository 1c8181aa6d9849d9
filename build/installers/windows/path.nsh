# Puts a folder at the end of the machine's PATH, or takes it out, and changes nothing else in it.
#
# NSIS's own strings have a limit, and what is read into one and written back has lost the rest; a machine's PATH may be
# longer. So it stays in memory of its own size, and keeps its type (REG_EXPAND_SZ has %SystemRoot% in it).

!ifndef LANYARD_ENVIRONMENT_KEY
  !define LANYARD_ENVIRONMENT_KEY "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
!endif

# HKEY_LOCAL_MACHINE
!define LANYARD_HKLM 0x80000002
# KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY
!define LANYARD_KEY_ACCESS 0x0103
!define LANYARD_REG_SZ 1
!define LANYARD_REG_EXPAND_SZ 2
# ";"
!define LANYARD_SEMICOLON 59

# The function's name begins with "un." in the uninstaller. In: folder and "add" or "remove" on the stack, that on top.
# Does nothing where PATH cannot be read.
!macro lanyardPathFunction UN
  Function ${UN}lanyardPath
    # Keeps everybody's registers; then $1: the act, $2: the folder.
    System::Store "S r1r2"
    System::Call 'advapi32::RegOpenKeyExW(p ${LANYARD_HKLM}, w "${LANYARD_ENVIRONMENT_KEY}", i 0, i ${LANYARD_KEY_ACCESS}, *p .r3) i .r0'
    IntCmp $0 0 0 done done

    # $4: type, $5: bytes
    System::Call 'advapi32::RegQueryValueExW(p r3, w "Path", p 0, *i .r4, p 0, *i .r5) i .r0'
    IntCmp $0 0 0 close close
    IntCmp $4 ${LANYARD_REG_SZ} readable
    IntCmp $4 ${LANYARD_REG_EXPAND_SZ} readable close close
    readable:

    # $6: PATH, with room for a semicolon, the folder and the end. The memory is all zero, so PATH ends wherever it does.
    StrLen $0 $2
    IntOp $0 $0 + 4
    IntOp $0 $0 * 2
    IntOp $0 $0 + $5
    System::Alloc $0
    Pop $6
    IntCmp $6 0 close
    System::Call 'advapi32::RegQueryValueExW(p r3, w "Path", p 0, p 0, p r6, *i r5) i .r0'
    IntCmp $0 0 0 free free

    # $7: the folder in PATH, as an entry of its own and not as a part of another one; 0 where it is not.
    StrCpy $7 $6
    search:
      System::Call 'shlwapi::StrStrIW(p r7, w r2) p .r7'
      StrCmp $7 0 searched
      # $8: what is before it, $9: what is behind it
      StrCpy $8 ${LANYARD_SEMICOLON}
      StrCmp $7 $6 atStart
        IntPtrOp $R0 $7 - 2
        System::Call '*$R0(&i2 .r8)'
      atStart:
      StrLen $R1 $2
      IntOp $R1 $R1 * 2
      IntPtrOp $R0 $7 + $R1
      System::Call '*$R0(&i2 .r9)'
      IntCmp $8 ${LANYARD_SEMICOLON} 0 next next
      IntCmp $9 0 searched
      IntCmp $9 ${LANYARD_SEMICOLON} searched
      next:
      IntPtrOp $7 $7 + 2
      Goto search
    searched:

    StrCmp $1 "add" add
    StrCmp $1 "remove" remove free

    add:
      StrCmp $7 0 0 free
      System::Call 'kernel32::lstrlenW(p r6) i .r0'
      IntCmp $0 0 append
      IntOp $0 $0 - 1
      IntOp $0 $0 * 2
      IntPtrOp $R0 $6 + $0
      System::Call '*$R0(&i2 .r8)'
      IntCmp $8 ${LANYARD_SEMICOLON} append
      System::Call 'kernel32::lstrcatW(p r6, w ";")'
      append:
      System::Call 'kernel32::lstrcatW(p r6, w r2)'
      Goto write

    remove:
      StrCmp $7 0 free
      # $R0: what follows the folder
      IntCmp $9 0 last
        # Together with the semicolon behind it.
        IntPtrOp $R0 $R0 + 2
        System::Call 'kernel32::lstrlenW(p R0) i .r0'
        IntOp $0 $0 + 1
        IntOp $0 $0 * 2
        System::Call 'kernel32::RtlMoveMemory(p r7, p R0, p r0)'
        Goto write
      last:
        # Together with the semicolon before it.
        StrCmp $7 $6 +2
        IntPtrOp $7 $7 - 2
        System::Call '*$7(&i2 0)'

    write:
      System::Call 'kernel32::lstrlenW(p r6) i .r0'
      IntOp $0 $0 + 1
      IntOp $0 $0 * 2
      System::Call 'advapi32::RegSetValueExW(p r3, w "Path", i 0, i r4, p r6, i r0) i .r0'
      # Programs that are started from now on see it.
      SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=5000

    free:
      System::Free $6
    close:
      System::Call 'advapi32::RegCloseKey(p r3)'
    done:
      System::Store L
  FunctionEnd
!macroend
