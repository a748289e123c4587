/* SPDX-License-Identifier: ISC
 *
 * Looking at a file again. "Could not look" is not "is not there": a process that has no descriptor left, that went into
 * another root directory or gave up its privileges has not seen that a file was taken away.
 */
#include <tlsmend/base.h>

#include <tlsmend/system.h>

#include <stdlib.h>
#include <string.h>

/* The device of the folder that holds the file; 0: there is no such folder. False: no memory to look. */
static bool folder_device(const char *path, uint64_t *device)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	*device = 0;
	if (!slash || slash == path)
		return true;
	/* most are short, and stand on the stack */
	char near[128];
	const size_t length = (size_t)(slash - path);
	char *folder = length < sizeof near ? memcpy(near, path, length) : strndup(path, length);
	if (!folder)
		return false;
	if (folder == near)
		near[length] = '\0';
	if (sys_stat(folder, &st) == 0)
		*device = st.st_dev;
	if (folder != near)
		free(folder);
	return true;
}

void file_place_root(struct file_place *p)
{
	struct stat root;
	*p = (struct file_place){0};
	if (sys_stat("/", &root) == 0)
		*p = (struct file_place){
		    .known = true, .root_device = root.st_dev, .root_inode = root.st_ino};
}

void file_place_note(const char *path, struct file_place *p)
{
	file_place_root(p);
	if (p->known)
		folder_device(path, &p->folder_device);
}

/* chroot(2), pivot_root(2), setns(2). */
bool file_other_root(const struct file_place *from)
{
	struct stat root;
	return from->known && sys_stat("/", &root) == 0 &&
	       (root.st_dev != from->root_device || root.st_ino != from->root_inode);
}

/* Something was mounted over the folder, or taken away from there. */
static bool other_folder(const char *path, const struct file_place *from)
{
	uint64_t device = 0;
	if (!from->known || !from->folder_device)
		return false;
	return !folder_device(path, &device) || (device && device != from->folder_device);
}

static enum file_look judge(const char *path, const struct file_place *from, int *error)
{
	if (*error == 0)
		return FILE_THERE;
	if (*error != ENOENT && *error != ENOTDIR)
		return FILE_UNSEEN;
	if (!other_folder(path, from))
		return FILE_GONE;
	*error = FILE_OTHER_SYSTEM;
	return FILE_UNSEEN;
}

enum file_look file_look(const char *path, const struct file_place *from, struct file_id *id,
			 int *error)
{
	*id = (struct file_id){0};
	*error = FILE_OTHER_ROOT;
	if (file_other_root(from))
		return FILE_UNSEEN;
	*error = file_identify(path, id);
	return judge(path, from, error);
}

enum file_look file_look_read(const char *path, const struct file_place *from, size_t limit,
			      struct buf *b, struct file_seen *seen)
{
	seen->error = FILE_OTHER_ROOT;
	if (file_other_root(from))
		return FILE_UNSEEN;
	/* again where somebody was writing it */
	for (int tries = 0; tries < 3; tries++) {
		seen->error = file_read(path, limit, b, &seen->id, &seen->owner, &seen->mode);
		if (seen->error != EAGAIN)
			break;
	}
	return judge(path, from, &seen->error);
}

bool look_passes(int error)
{
	switch (error) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case EINTR:
	case EIO:
	case EAGAIN:
	case EBUSY:
	case ESTALE:
	case ETIMEDOUT:
	case ETXTBSY:
		return true;
	default:
		return false;
	}
}

const char *look_text(int error)
{
	switch (error) {
	case FILE_OTHER_ROOT:
		return "this process has another root directory now";
	case FILE_OTHER_SYSTEM:
		return "this process has another file system there now";
	case EINVAL:
		return "no regular file";
	default:
		return errno_text(error);
	}
}
