/* SPDX-License-Identifier: ISC
 *
 * Files that are not there, or that this process may not read.
 */
#include "diagnosis.h"

#include <string.h>

/* ---- file-missing ------------------------------------------------------------------------------------ */

/* What a person sees in a path and the system does not. NULL: nothing. */
static const char *path_trap(const char *path)
{
	const char last = path[0] != '\0' ? path[strlen(path) - 1] : '\0';
	if (path[0] == '\0')
		return "the path is empty: a variable or a line of the client's settings has no "
		       "value";
	if (path[0] == '~')
		return "\"~\" stands for a home directory in shells only: write the full path";
	if (strchr(path, '$') || strchr(path, '%'))
		return "perhaps a variable in the path ($, %) was not replaced by its value";
	if (path[0] == '"' || path[0] == '\'' || last == '"' || last == '\'')
		return "the path has quotation marks in it, which a shell would have taken away";
	if (ascii_is_space(last) || ascii_is_space(path[0]))
		return "the path begins or ends with a blank or a line break";
	if (strncmp(path, "file:", 5) == 0)
		return "the path is written as a URL: leave out \"file:\"";
	return NULL;
}

static const char *what_is_missing(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *denier = file_path_text(e, e->file_denier);
	if (e->system_errno == ELOOP)
		return "the symbolic links on the way lead in a circle";
	if (e->system_errno == ENAMETOOLONG)
		return "a name of this length cannot exist";
	if (e->file_denier && e->file_denier_is_directory)
		return e->system_errno == ENOTDIR ? say(e, "on the way, ", denier,
							" is a file and no directory", (char *)NULL)
						  : say(e, "the directory ", denier,
							" on the way does not exist", (char *)NULL);
	if (e->file_denier && e->file_path && strcmp(e->file_denier, e->file_path) != 0)
		return say(e, "it is a symbolic link to ", denier, ", which is not there",
			   (char *)NULL);
	return "its directory is there, but no file of this name is in it";
}

void explain_file_missing(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *trap = e->file_path ? path_trap(e->file_path) : NULL;
	d->r->message = say(e, "cannot load the ", file_role_name(e), " ",
			    file_path_text(e, e->file_path), ": it is not there", (char *)NULL);
	d->r->why = what_is_missing(d);
	if (e->file_cwd)
		d->r->why = say(e, d->r->why, "; the path is relative, and this process works in ",
				file_path_text(e, e->file_cwd), (char *)NULL);
	d->r->expected = file_path_text(e, e->file_path);
	d->r->presented = d->r->why;
	if (trap)
		help_line(d, trap);
	if (e->file_cwd && !trap)
		help_line(d, "write the full path, beginning with /, in the client's settings");
	else
		help_line(d, "correct the path in the client's settings, or put the file there");
	note_line(d, "this is how the process sees its files: a chroot, a container or the "
		     "service's sandbox may hide what others see");
}

/* ---- file-unreadable ---------------------------------------------------------------------------------- */

static const char *octal(struct evidence *e, uint32_t mode)
{
	char s[5] = {(char)('0' + (mode >> 9 & 7)), (char)('0' + (mode >> 6 & 7)),
		     (char)('0' + (mode >> 3 & 7)), (char)('0' + (mode & 7)), '\0'};
	return say(e, s, (char *)NULL);
}

/* What the mode alone allows this process. */
static bool mode_would_do(const struct evidence *e)
{
	const uint32_t bit = e->file_denier_is_directory ? 1 : 4;
	if (!e->file_denier_known)
		return false;
	if (e->file_uid == 0 && !e->file_root_is_bound && !e->file_user_namespace)
		return true;
	if (e->file_uid == e->file_owner)
		return (e->file_mode >> 6 & bit) != 0;
	if (e->file_in_group)
		return (e->file_mode >> 3 & bit) != 0;
	return (e->file_mode & bit) != 0;
}

static const char *denier_text(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *what = say(e, e->file_denier_is_directory ? "the directory " : "the file ",
			       file_path_text(e, e->file_denier), (char *)NULL);
	if (!e->file_denier_known)
		return what;
	return say(e, what, " (owner ", say_string(e, e->file_owner_text), ", group ",
		   say_string(e, e->file_group_text), ", mode ", octal(e, e->file_mode),
		   e->file_access_list ? ", and an access list" : "", ")", (char *)NULL);
}

/* The mode is not what denies. */
static void help_beyond_mode(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->file_access_list)
		help_line(d, say(e, "look at its access list: getfacl ",
				 file_path_text(e, e->file_denier), (char *)NULL));
	if (e->file_label)
		help_line(d, say(e, "this process is confined as \"", say_string(e, e->file_label),
				 "\" (AppArmor or SELinux): let its profile read the file; what it "
				 "denied stands in the audit log (ausearch -m avc, journalctl -k)",
				 (char *)NULL));
	else
		help_line(d,
			  "look at AppArmor, SELinux and the service's sandbox (systemctl show), "
			  "and, on a network file system, at the rights on the server");
}

/* Debian's keys are for the members of ssl-cert, for example. Nobody is made a member of root's own group. */
static bool group_would_do(const struct evidence *e)
{
	const uint32_t bit = e->file_denier_is_directory ? 1 : 4;
	return e->file_denier_known && e->file_uid != 0 && e->file_uid != e->file_owner &&
	       !e->file_in_group && e->file_group != 0 && (e->file_mode >> 3 & bit) != 0;
}

static void help_grant(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *path = file_path_text(e, e->file_denier), *uid = say_int(e, e->file_uid);
	if (e->file_uid == 0 && e->file_user_namespace)
		note_line(d, "this process is user 0 of a container with users of its own: outside "
			     "it is another user, who is given the right there");
	else if (e->file_root_is_bound)
		note_line(d, "this process is user 0, but without the right to read everything "
			     "(CAP_DAC_OVERRIDE), which the service's settings took away");
	if (group_would_do(e))
		help_line(d, say(e, "make this user a member of group ",
				 say_string(e, e->file_group_text),
				 ", which has the right, and start the service anew; or",
				 (char *)NULL));
	help_line(d, say(e, "let user ", say_string(e, e->file_user),
			 e->file_denier_is_directory ? " enter the directory" : " read the file",
			 ", for example:", (char *)NULL));
	help_line(d, say(e, "    setfacl -m u:", uid, e->file_denier_is_directory ? ":x " : ":r ",
			 path, (char *)NULL));
	if (e->file_role == FILE_KEY || e->file_role == FILE_PAIR || e->file_role == FILE_PKCS12)
		help_line(d, "no others: whoever can read the key can pass for this client");
}

void explain_file_unreadable(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool denied = e->system_errno == EACCES || e->system_errno == EPERM;
	d->r->message = say(
	    e, "cannot load the ", file_role_name(e), " ", file_path_text(e, e->file_path), ": ",
	    denied ? "this process may not read it" : errno_text(e->system_errno), (char *)NULL);
	if (denied)
		explain_denied(d);
	else if (e->system_errno == EMFILE)
		help_line(
		    d, "the process has as many files and connections open as it may: close some, "
		       "or raise its limit (ulimit -n; LimitNOFILE= in a systemd unit)");
	else if (e->system_errno == ENFILE)
		help_line(
		    d, "the whole machine has as many files open as it may: look who holds them, "
		       "or raise fs.file-max (sysctl)");
}

void explain_denied(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool allowed = mode_would_do(e);
	d->r->why = say(e, denier_text(d),
			e->file_denier_is_directory ? " may not be entered" : " may not be read",
			" by this process, which runs as user ", say_string(e, e->file_user),
			" with the groups ", say_string(e, e->file_groups),
			allowed ? "; the mode would allow it, so something else denies it" : "",
			(char *)NULL);
	d->r->expected = say(e, "access for user ", say_string(e, e->file_user), ", groups ",
			     say_string(e, e->file_groups), (char *)NULL);
	d->r->presented = denier_text(d);
	if (allowed)
		help_beyond_mode(d);
	else
		help_grant(d);
}
