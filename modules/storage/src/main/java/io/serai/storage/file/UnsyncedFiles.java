package io.serai.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Another file system's files, for what need not outlive the process: nothing is made safe, so no
 * write waits until the device has it for good.
 *
 * @param files where they are
 */
public record UnsyncedFiles(FileSystemSeam files) implements FileSystemSeam {
  @Override
  public void createFolders(Path folder) throws IOException {
    files.createFolders(folder);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    return files.list(folder);
  }

  @Override
  public List<Path> folders(Path folder) throws IOException {
    return files.folders(folder);
  }

  @Override
  public void deleteFolder(Path folder) throws IOException {
    files.deleteFolder(folder);
  }

  @Override
  public SeamFile create(Path file) throws IOException {
    return new Unsynced(files.create(file));
  }

  @Override
  public SeamFile open(Path file) throws IOException {
    return new Unsynced(files.open(file));
  }

  @Override
  public SeamFile createDirect(Path file) throws IOException {
    return new Unsynced(files.createDirect(file));
  }

  @Override
  public SeamFile openDirect(Path file) throws IOException {
    return new Unsynced(files.openDirect(file));
  }

  @Override
  public SeamFile openToRead(Path file) throws IOException {
    return files.openToRead(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    files.delete(file);
  }

  @Override
  public void syncFolder(Path folder) {}

  @Override
  public long usableBytes(Path folder) throws IOException {
    return files.usableBytes(folder);
  }

  @Override
  public AutoCloseable lock(Path file) throws IOException {
    return files.lock(file);
  }

  private record Unsynced(SeamFile file) implements SeamFile {
    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      return file.write(from, at);
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      return file.read(into, at);
    }

    @Override
    public SeamFile shared() throws IOException {
      return file.shared();
    }

    @Override
    public void force(boolean metadata) {}

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long length) throws IOException {
      file.truncate(length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
