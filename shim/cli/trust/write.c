/* SPDX-License-Identifier: ISC
 *
 * Files that others read at any moment: whole or not at all.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust.h"

/* As open as the one above it, whatever the umask: what is in it is read by the programs of others. */
static int open_up(const char *folder)
{
	char *above = path_directory(folder);
	struct file_status status;
	int error = file_status(above, &status);
	if (!error && chmod(folder, 0700 | (status.mode & 0055)) != 0)
		error = errno;
	free(above);
	return error;
}

int make_folder(const char *path)
{
	char *folder = path_directory(path);
	int error = 0;
	if (*folder && access(folder, F_OK) != 0) {
		error = make_folder(folder);
		if (!error && mkdir(folder, 0700) == 0)
			error = open_up(folder);
		else if (!error && errno != EEXIST)
			error = errno;
	}
	free(folder);
	return error;
}

static int fill(int fd, const char *data, size_t n)
{
	while (n > 0) {
		const ssize_t written = write(fd, data, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return errno;
		data += written;
		n -= (size_t)written;
	}
	return 0;
}

static int give_away(int fd, const struct place *keep)
{
	if (!keep || !keep->exists)
		return fchmod(fd, 0644) == 0 ? 0 : errno;
	/* whose it was, it stays, as far as we may */
	if (fchown(fd, keep->owner, keep->group) != 0 && errno != EPERM)
		return errno;
	return fchmod(fd, keep->mode & 07777) == 0 ? 0 : errno;
}

static void sync_folder(const char *path)
{
	char *folder = path_directory(path);
	FILE *f = fopen(folder, "re");
	if (f) {
		fsync(fileno(f));
		fclose(f);
	}
	free(folder);
}

/* A rename would take the place of a device, such as the /dev/null that a link of systemd's leads to where something is masked. */
static bool may_be_replaced(const char *path)
{
	struct stat st;
	return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

int write_whole(const char *path, const void *data, size_t n, const struct place *keep)
{
	if (!may_be_replaced(path))
		return EINVAL;
	/* a link stays one */
	char *real = realpath(path, NULL);
	char *target = real ? real : copy_string(path);
	char *folder = path_directory(target);
	char *fresh = join(folder, "/.", path_base(target), ".XXXXXX", NULL);
	const int fd = mkostemp(fresh, O_CLOEXEC);
	int error = fd < 0 ? errno : fill(fd, data, n);
	if (!error)
		error = give_away(fd, keep);
	if (!error && fsync(fd) != 0)
		error = errno;
	if (fd >= 0 && close(fd) != 0 && !error)
		error = errno;
	if (!error && rename(fresh, target) != 0)
		error = errno;
	if (error && fd >= 0)
		unlink(fresh);
	else if (!error)
		sync_folder(target);
	free(fresh);
	free(folder);
	free(target);
	return error;
}
