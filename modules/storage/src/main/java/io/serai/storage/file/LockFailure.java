package io.serai.storage.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/** Says why a folder could not be locked, and what to do. */
public final class LockFailure {
  private LockFailure() {}

  /**
   * One sentence or two for the operator.
   *
   * @param what whose folder it is: {@code journal}, {@code stream}
   * @param cause as {@link FileSystemSeam#lock} threw it
   */
  public static String text(String what, Path folder, IOException cause) {
    String start = what + " folder " + folder;
    return switch (cause) {
      case FileLocked _ ->
          start + " is in use by another process. Stop that one, or choose another folder.";
      case AccessDeniedException denied ->
          "%s cannot be used: this user may not write %s. If the node ran as another user before, give the whole data folder to this one (chown -R)."
              .formatted(start, denied.getFile());
      default -> start + " cannot be used: " + cause;
    };
  }
}
