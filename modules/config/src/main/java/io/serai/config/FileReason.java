package io.serai.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file or folder could not be used, in words for people. */
public final class FileReason {
  private FileReason() {}

  /** The reason, without the file's name as far as it is known. */
  public static String of(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "this user has no permission";
      case NoSuchFileException _ -> "it does not exist";
      case FileAlreadyExistsException _ -> "a file of that name is in the way";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
