# SPDX-License-Identifier: ISC
# bash completion for tlsmend(1): the command itself knows what may come.
_tlsmend()
{
	local line file word=${COMP_WORDS[COMP_CWORD]} before i
	local -a words=()
	# bash breaks words at = and :, the command does not
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if ((${#words[@]})) && [[ ${COMP_WORDS[i]} == [=:] || ${COMP_WORDS[i - 1]} == [=:] ]]; then
			words[-1]+=${COMP_WORDS[i]}
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done
	[[ $word == [=:] ]] && word=
	before=${words[-1]%"$word"} word=${words[-1]}
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:file*)
			line=${line#:file} line=${line# }
			while IFS= read -r file; do
				COMPREPLY+=("$line$file")
			done < <(compgen -f -- "${word#"$line"}")
			compopt -o filenames 2>/dev/null
			;;
		:command) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -c -- "$word") ;;
		*) COMPREPLY+=("$line") ;;
		esac
	done < <("${COMP_WORDS[0]}" --complete "${words[@]}" 2>/dev/null)
	COMPREPLY=("${COMPREPLY[@]#"$before"}")
}
complete -F _tlsmend tlsmend
