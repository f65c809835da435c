# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_teller_global_optspecs
    string join \n c/config= d/dir= set= h/help V/version
end

function __fish_teller_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_teller_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_teller_using_subcommand
    set -l cmd (__fish_teller_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c teller -n "__fish_teller_needs_command" -s c -l config -d 'Config file [default: config.toml in the data directory, else in the working directory]' -r -F
complete -c teller -n "__fish_teller_needs_command" -s d -l dir -d 'Data directory [default: ~/.teller-skycoin]' -r -F
complete -c teller -n "__fish_teller_needs_command" -l set -d 'Set a key of the config file to another value, as in --set web.http_addr=127.0.0.1:80; it goes before the environment (TELLER__WEB__HTTP_ADDR) and the file. Others on this machine see it: name a secret\'s file instead' -r
complete -c teller -n "__fish_teller_needs_command" -s h -l help -d 'Print help'
complete -c teller -n "__fish_teller_needs_command" -s V -l version -d 'Print version'
complete -c teller -n "__fish_teller_needs_command" -f -a "check-config" -d 'Check the config file, tell everything that is wrong with it, and end'
complete -c teller -n "__fish_teller_needs_command" -f -a "doctor" -d 'Look at everything that this teller stands on, and say what to do, the most urgent first; ends with 0 where all is well, 1 where something is to be looked at, 2 where something is wrong'
complete -c teller -n "__fish_teller_needs_command" -f -a "health" -d 'Ask the teller that runs with this config file how it is; fails where it cannot serve buyers'
complete -c teller -n "__fish_teller_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c teller -n "__fish_teller_using_subcommand check-config" -s c -l config -d 'Config file [default: config.toml in the data directory, else in the working directory]' -r -F
complete -c teller -n "__fish_teller_using_subcommand check-config" -s d -l dir -d 'Data directory [default: ~/.teller-skycoin]' -r -F
complete -c teller -n "__fish_teller_using_subcommand check-config" -l set -d 'Set a key of the config file to another value, as in --set web.http_addr=127.0.0.1:80; it goes before the environment (TELLER__WEB__HTTP_ADDR) and the file. Others on this machine see it: name a secret\'s file instead' -r
complete -c teller -n "__fish_teller_using_subcommand check-config" -l show -d 'Print every key with the value that holds and where it comes from: the default, the file, a variable or --set. Secrets are not shown'
complete -c teller -n "__fish_teller_using_subcommand check-config" -s h -l help -d 'Print help'
complete -c teller -n "__fish_teller_using_subcommand doctor" -s c -l config -d 'Config file [default: config.toml in the data directory, else in the working directory]' -r -F
complete -c teller -n "__fish_teller_using_subcommand doctor" -s d -l dir -d 'Data directory [default: ~/.teller-skycoin]' -r -F
complete -c teller -n "__fish_teller_using_subcommand doctor" -l set -d 'Set a key of the config file to another value, as in --set web.http_addr=127.0.0.1:80; it goes before the environment (TELLER__WEB__HTTP_ADDR) and the file. Others on this machine see it: name a secret\'s file instead' -r
complete -c teller -n "__fish_teller_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c teller -n "__fish_teller_using_subcommand health" -s c -l config -d 'Config file [default: config.toml in the data directory, else in the working directory]' -r -F
complete -c teller -n "__fish_teller_using_subcommand health" -s d -l dir -d 'Data directory [default: ~/.teller-skycoin]' -r -F
complete -c teller -n "__fish_teller_using_subcommand health" -l set -d 'Set a key of the config file to another value, as in --set web.http_addr=127.0.0.1:80; it goes before the environment (TELLER__WEB__HTTP_ADDR) and the file. Others on this machine see it: name a secret\'s file instead' -r
complete -c teller -n "__fish_teller_using_subcommand health" -s h -l help -d 'Print help'
complete -c teller -n "__fish_teller_using_subcommand help; and not __fish_seen_subcommand_from check-config doctor health help" -f -a "check-config" -d 'Check the config file, tell everything that is wrong with it, and end'
complete -c teller -n "__fish_teller_using_subcommand help; and not __fish_seen_subcommand_from check-config doctor health help" -f -a "doctor" -d 'Look at everything that this teller stands on, and say what to do, the most urgent first; ends with 0 where all is well, 1 where something is to be looked at, 2 where something is wrong'
complete -c teller -n "__fish_teller_using_subcommand help; and not __fish_seen_subcommand_from check-config doctor health help" -f -a "health" -d 'Ask the teller that runs with this config file how it is; fails where it cannot serve buyers'
complete -c teller -n "__fish_teller_using_subcommand help; and not __fish_seen_subcommand_from check-config doctor health help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
