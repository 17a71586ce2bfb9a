# What begins with no command is a call of analyze: its options and captures.
functions -q __smtpscope_typed_tokens; or functions -c __smtpscope_tokens __smtpscope_typed_tokens

function __smtpscope_tokens
    # Where the cursor is in its word: fish 3 does not take that question together with another.
    if contains -- -tC $argv
        string length -- "$(commandline -ct)"
        return
    end
    set -l tokens (__smtpscope_typed_tokens $argv)
    if contains -- -t $argv
        printf '%s\n' $tokens
        return
    end
    if test (count $tokens) -gt 1
        contains -- $tokens[2] @commands@; or set tokens $tokens[1] analyze $tokens[2..]
    else if string match -q -- '-*' (commandline -ct)
        set -a tokens analyze
    end
    printf '%s\n' $tokens
end

complete -c smtpscope -n '__smtpscope_should_offer_completions_for_positional "smtpscope" -eq 1' -F
