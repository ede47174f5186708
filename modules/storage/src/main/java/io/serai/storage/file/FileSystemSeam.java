package io.serai.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What storage asks of a file system. {@link RealFiles} passes it on; a fault-injecting one loses
 * and damages what the contract allows to be lost. Safe for use by several threads.
 *
 * <p>As on a POSIX system a created, renamed or deleted name is only certain to stay so after
 * {@link #syncFolder}, and bytes only after {@link SeamFile#force}.
 */
public interface FileSystemSeam {
  /**
   * Creates the folder and its parents where missing.
   *
   * @throws DiskFullException when there is no space for them
   */
  void createFolders(Path folder) throws IOException;

  /** The files directly in a folder, in no order; folders are left out. */
  List<Path> list(Path folder) throws IOException;

  /** The folders directly in a folder, in no order. */
  List<Path> folders(Path folder) throws IOException;

  /** Deletes an empty folder. */
  void deleteFolder(Path folder) throws IOException;

  /** Creates a file that does not exist yet, for reading and writing. */
  SeamFile create(Path file) throws IOException;

  /** Opens an existing file for reading and writing. */
  SeamFile open(Path file) throws IOException;

  /**
   * As {@link #create}, for what is written once and seldom read: the system keeps no copy of it in
   * memory, where it can do without.
   */
  default SeamFile createDirect(Path file) throws IOException {
    return create(file);
  }

  /** As {@link #open} for what was made by {@link #createDirect}. */
  default SeamFile openDirect(Path file) throws IOException {
    return open(file);
  }

  /** Opens an existing file for reading. */
  SeamFile openToRead(Path file) throws IOException;

  /** Gives a file another name in the same file system. */
  void rename(Path from, Path to) throws IOException;

  void delete(Path file) throws IOException;

  /** Makes the names in a folder as safe as the device can. */
  void syncFolder(Path folder) throws IOException;

  /** Bytes this process could still write in that folder. */
  long usableBytes(Path folder) throws IOException;

  /**
   * Takes a lock file for this process alone; the operating system gives it back when the process
   * ends.
   *
   * @throws IOException when another process, or another owner in this one, has it
   */
  AutoCloseable lock(Path file) throws IOException;

  /** Told when storage passes a place that fault tests care about. */
  default void reached(CrashPoint point) {}
}
