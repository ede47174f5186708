package io.serai.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/** The operating system's files. */
public final class RealFiles implements FileSystemSeam {
  /** Below this a failed write is taken for a full disk, whatever the system called it. */
  private static final long FULL_BELOW_BYTES = 64 * 1024;

  @Override
  public void createFolders(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw fullOr(e, folder);
    }
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    try (var entries = PatientOpening.open(() -> Files.list(folder))) {
      return entries.filter(it -> !Files.isDirectory(it)).toList();
    }
  }

  @Override
  public List<Path> folders(Path folder) throws IOException {
    try (var entries = PatientOpening.open(() -> Files.list(folder))) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  @Override
  public void deleteFolder(Path folder) throws IOException {
    Files.delete(folder);
  }

  @Override
  public SeamFile create(Path file) throws IOException {
    return open(
        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public SeamFile open(Path file) throws IOException {
    return open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public SeamFile createDirect(Path file) throws IOException {
    create(file).close(); // first: a system that cannot open it directly may make it all the same
    return openDirect(file);
  }

  @Override
  public SeamFile openDirect(Path file) throws IOException {
    SeamFile direct = DirectFile.open(file);
    return direct == null ? open(file) : direct;
  }

  @Override
  public SeamFile openToRead(Path file) throws IOException {
    return open(file, StandardOpenOption.READ);
  }

  private static SeamFile open(Path file, StandardOpenOption... options) throws IOException {
    try {
      return new Channel(file, PatientOpening.open(file, options));
    } catch (FileSystemException e) {
      // One of a class of its own says what it is, and that is no full disk.
      throw e.getClass() == FileSystemException.class ? fullOrFailed(e, file) : e;
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw fullOr(e, from);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    try (var channel = PatientOpening.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long usableBytes(Path folder) throws IOException {
    return folder.toFile().getUsableSpace(); // opens no file, so it works without descriptors
  }

  @Override
  public AutoCloseable lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException _) {
      lock = null; // somebody in this very process has it
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (lock == null) {
      channel.close();
      throw new FileLocked(file);
    }
    return channel;
  }

  private static IOException fullOr(IOException e, Path file) {
    return PatientOpening.saysFull(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT))
        ? new DiskFullException(file + ": " + e.getMessage(), e)
        : e;
  }

  /** The system's words may be translated, so a failed write also asks how much space is left. */
  static IOException fullOrFailed(IOException e, Path file) {
    IOException found = fullOr(e, file);
    if (found instanceof DiskFullException) {
      return found;
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && Files.getFileStore(folder).getUsableSpace() < FULL_BELOW_BYTES) {
        return new DiskFullException(file + ": " + e.getMessage(), e);
      }
    } catch (IOException _) {
      // what failed first says more
    }
    return e;
  }

  private record Channel(Path file, FileChannel channel) implements SeamFile {
    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      try {
        return channel.write(from, at);
      } catch (IOException e) {
        throw fullOrFailed(e, file);
      }
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      return channel.read(into, at);
    }

    @Override
    public void force(boolean metadata) throws IOException {
      channel.force(metadata);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long length) throws IOException {
      channel.truncate(length);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
