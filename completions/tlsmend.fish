# SPDX-License-Identifier: ISC
# fish completion for tlsmend(1): the command itself knows what may come.
function __tlsmend_complete
	set -l words (commandline -opc) (commandline -ct)
	for line in (command $words[1] --complete $words[2..-1] 2>/dev/null)
		switch $line
			case :file
				__fish_complete_path (commandline -ct)
			case :command
				complete -C(commandline -ct)
			case '*'
				echo $line
		end
	end
end
complete -c tlsmend -f -a '(__tlsmend_complete)'
