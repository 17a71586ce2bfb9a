# What begins with no command is a call of analyze: its options and captures.
functions[_smtpscope_named]="${functions[_smtpscope]}"

_smtpscope() {
    local -i ret=1
    local -a commands=(@commands@)
    if (( CURRENT > 2 )) && (( ${commands[(Ie)${words[2]}]} )); then
        _smtpscope_named "${@}"
        return
    fi
    if (( CURRENT == 2 )) && [[ "${words[2]}" != -* ]]; then
        _smtpscope_named "${@}" && ret=0
    fi
    words=("${words[1]}" analyze "${(@)words[2,-1]}")
    (( CURRENT++ ))
    _smtpscope_named "${@}" && ret=0
    return "${ret}"
}
