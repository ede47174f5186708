package io.serai.node;

import io.serai.config.FileReason;
import io.serai.node.store.UnfinishedMark;
import io.serai.security.SaltSecret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder a node keeps its things in, held for this process alone while it is open. The
 * operating system gives the lock back when the process ends, however it ends.
 */
final class DataFolder implements AutoCloseable {
  /** Raised whenever an older program could not read what a newer one writes. */
  static final int FORMAT = 1;

  private static final String LOCK_FILE = "lock";
  private static final String FORMAT_FILE = "format";
  private static final String SECRET_FILE = "salt-secret";
  private static final Pattern FORMAT_LINE = Pattern.compile("serai data format (\\d{1,9})\\s*");
  private static final int MAX_NOTE_BYTES = 64;

  private final Path folder;
  private final FileChannel channel;

  private DataFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Creates the folder if it is missing and takes its lock.
   *
   * @throws StartFailure when another node has it, it cannot be written, or a newer program wrote
   *     it
   */
  static DataFolder open(Path folder) {
    FileChannel channel;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve(LOCK_FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StartFailure(
          "data folder %s cannot be used: %s. Make it writable for this user, or choose another with --data DIR (key node.data-dir, environment SERAI_DATA)."
              .formatted(folder, FileReason.of(e)),
          e);
    }
    try {
      lock(folder, channel);
      checkFormat(folder);
      return new DataFolder(folder, channel);
    } catch (IOException e) {
      close(channel);
      throw new StartFailure(
          "data folder %s cannot be used: %s".formatted(folder, FileReason.of(e)), e);
    } catch (StartFailure e) {
      close(channel);
      throw e;
    }
  }

  private static void lock(Path folder, FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null; // another node in this very process has it
    }
    if (lock == null) {
      throw new StartFailure(
          "data folder %s is in use by another node%s. Stop that one, or give this one its own with --data DIR (key node.data-dir, environment SERAI_DATA)."
              .formatted(folder, note(channel)));
    }
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(pid), 0);
  }

  private static String note(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MAX_NOTE_BYTES);
    channel.read(text, 0);
    String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
    return pid.matches("\\d+") ? " (process " + pid + ")" : "";
  }

  private static void checkFormat(Path folder) throws IOException {
    UnfinishedMark.check(folder);
    Path file = folder.resolve(FORMAT_FILE);
    if (Files.exists(file)) {
      refuseNewer(folder);
    } else {
      Files.writeString(file, "serai data format " + FORMAT + "\n");
    }
  }

  /**
   * Sees to it that no newer program wrote a folder. Changes nothing.
   *
   * @throws StartFailure when one did
   */
  static void refuseNewer(Path folder) throws IOException {
    Path file = folder.resolve(FORMAT_FILE);
    if (!Files.exists(file)) {
      return;
    }
    String text = Files.readString(file);
    Matcher line = FORMAT_LINE.matcher(text);
    if (!line.matches()) {
      throw new StartFailure(
          "%s is damaged: expected \"serai data format %d\"".formatted(file, FORMAT));
    }
    int found = Integer.parseInt(line.group(1));
    if (found > FORMAT) {
      throw new StartFailure(
          "data folder %s was written by a newer Serai: format %d, this one knows up to %d. Start the newer version, or choose another folder with --data DIR."
              .formatted(folder, found, FORMAT));
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // the process is on its way out; the operating system closes what is left
    }
  }

  /**
   * What salts are made of; made at the first start.
   *
   * @throws StartFailure when it cannot be read or written, or is damaged
   */
  SaltSecret saltSecret() {
    Path file = folder.resolve(SECRET_FILE);
    try {
      if (!Files.exists(file)) {
        SaltSecret made = SaltSecret.random();
        createForOwner(file, made.bytes());
        return made;
      }
      return SaltSecret.of(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "%s is damaged: %s. Remove it, and a new one is made; nothing else depends on it."
              .formatted(file, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new StartFailure("%s cannot be used: %s".formatted(file, FileReason.of(e)), e);
    }
  }

  /** Whole or not at all, and for nobody else to read. */
  private static void createForOwner(Path file, byte[] bytes) throws IOException {
    Path written = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(written);
    Files.createFile(written);
    PosixFileAttributeView posix =
        Files.getFileAttributeView(written, PosixFileAttributeView.class);
    if (posix != null) {
      posix.setPermissions(PosixFilePermissions.fromString("rw-------"));
    }
    try (FileChannel out = FileChannel.open(written, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(bytes));
      out.force(true); // a power cut must not leave an empty file behind
    }
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether a node has the folder, in this process or another. */
  static boolean isHeld(Path folder) throws IOException {
    if (!Files.exists(folder.resolve(LOCK_FILE))) {
      return false;
    }
    try (FileChannel channel =
            FileChannel.open(folder.resolve(LOCK_FILE), StandardOpenOption.WRITE);
        FileLock free = channel.tryLock()) {
      return free == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  /** Free space of the folder's disk, -1 when the system does not say. */
  long freeBytes() {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }

  Path path() {
    return folder;
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    close(channel);
  }
}
