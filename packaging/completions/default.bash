# What begins with no command is a call of analyze: its options and captures.
_smtpscope_with_analyze() {
    local -a COMP_WORDS=("${COMP_WORDS[0]}" analyze "${COMP_WORDS[@]:1}")
    local -i COMP_CWORD=$((COMP_CWORD + 1)) COMP_POINT=$((COMP_POINT + 8))
    local COMP_LINE="${COMP_LINE/ / analyze }"
    _smtpscope "${@}"
}

_smtpscope_default() {
    local command
    for command in @commands@; do
        [[ "${COMP_CWORD}" -gt 1 && "${COMP_WORDS[1]}" = "${command}" ]] && { _smtpscope "${@}"; return; }
    done
    [[ "${COMP_CWORD}" -gt 1 || "${2}" = -* ]] || _smtpscope "${@}"
    _smtpscope_with_analyze "${@}"
}

complete -o filenames -o bashdefault -o default -F _smtpscope_default smtpscope
