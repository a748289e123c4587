# SPDX-License-Identifier: ISC
# fish completion for tlsmend(1): the command itself knows what may come.
function __tlsmend_complete
	set -l words (commandline -opc) (commandline -ct)
	for line in (command $words[1] --complete $words[2..-1] 2>/dev/null)
		switch $line
			case ':file*'
				set -l before (string replace -r -- '^:file ?' '' $line)
				set -l from (math (string length -- "$before") + 1)
				for file in (__fish_complete_path (string sub -s $from -- (commandline -ct)))
					echo $before$file
				end
			case :command
				complete -C(commandline -ct)
			case '*'
				echo $line
		end
	end
end
complete -c tlsmend -f -a '(__tlsmend_complete)'
