package io.serai.storage.fault;

import io.serai.storage.fault.Faults.Operation;
import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system that loses in a power cut whatever a real one may lose: unsynced bytes sector by
 * sector, unsynced names one by one. What is synced is in real files, so that a process that is
 * killed while it uses this leaves what a machine without power would leave.
 */
public final class FaultyFiles implements FileSystemSeam {
  private static final String PENDING = ".pending-";

  /** A file apart from its name. */
  private static final class Node {
    Path place;
    final UnsyncedFile content;

    Node(Path place, UnsyncedFile content) {
      this.place = place;
      this.content = content;
    }
  }

  /** A change of names that is not synced. */
  private sealed interface Change {
    /** Any name it is about: all are in one folder. */
    Path name();

    record Created(Path name, Node node) implements Change {}

    record Renamed(Path name, Path to) implements Change {}

    record Deleted(Path name) implements Change {}
  }

  private final FileSystemSeam real;
  private final Faults faults;
  private final Runnable onPowerCut;
  private final Map<Path, Node> names = new TreeMap<>();
  private final Map<Path, Node> safeNames = new HashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Set<Path> known = new HashSet<>();
  private int pending;
  private boolean off;

  /** Lock files that somebody has; who gives the last one back ends the process. */
  private final Set<Path> locks = ConcurrentHashMap.newKeySet();

  public FaultyFiles(FileSystemSeam real, Faults faults) {
    this(real, faults, () -> {});
  }

  /**
   * As the other, with something to do when power fails.
   *
   * @param onPowerCut runs when everything that is to be lost is lost, as to halt the process
   */
  public FaultyFiles(FileSystemSeam real, Faults faults, Runnable onPowerCut) {
    this.real = real;
    this.faults = faults;
    this.onPowerCut = onPowerCut;
  }

  /** Switches the machine off now. */
  public synchronized void powerCut() {
    if (off) {
      return;
    }
    off = true;
    try {
      Set<Node> nodes = new LinkedHashSet<>(names.values()); // in an order: a seed says it all
      safeNames.keySet().stream().sorted().forEach(name -> nodes.add(safeNames.get(name)));
      for (Change change : changes) {
        if (faults.chance(0.5)) {
          apply(change);
        }
      }
      for (Node node : nodes) {
        node.content.powerCut(faults);
        node.content.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the fault simulation itself failed", e);
    }
    onPowerCut.run();
  }

  /** Makes one change of names real, if what it builds on is. */
  private void apply(Change change) throws IOException {
    switch (change) {
      case Change.Created(Path name, Node node) -> {
        if (!safeNames.containsKey(name)) {
          settle(node, name);
        }
      }
      case Change.Renamed(Path from, Path to) -> {
        Node node = safeNames.remove(from);
        if (node != null) {
          settle(node, to);
        }
      }
      case Change.Deleted(Path name) -> {
        Node node = safeNames.remove(name);
        if (node != null) {
          real.delete(node.place);
        }
      }
    }
  }

  private void settle(Node node, Path name) throws IOException {
    real.rename(node.place, name);
    node.place = name;
    safeNames.put(name, node);
  }

  @Override
  public synchronized void createFolders(Path folder) throws IOException {
    running();
    if (usedBytes() >= faults.diskBytes() && !Files.isDirectory(folder)) {
      throw new DiskFullException("simulated: no space left for a folder");
    }
    real.createFolders(folder);
    know(folder);
  }

  private void know(Path folder) throws IOException {
    if (!known.add(folder)) {
      return;
    }
    for (Path file : real.list(folder)) {
      if (String.valueOf(file.getFileName()).startsWith(PENDING)) {
        real.delete(file); // its name was never synced
      } else if (!file.toString().endsWith(".lock")) {
        Node node = new Node(file, new UnsyncedFile(real.open(file)));
        names.put(file, node);
        safeNames.put(file, node);
      }
    }
  }

  @Override
  public synchronized List<Path> list(Path folder) throws IOException {
    running();
    know(folder);
    return names.keySet().stream().filter(it -> folder.equals(it.getParent())).toList();
  }

  @Override
  public synchronized List<Path> folders(Path folder) throws IOException {
    running();
    return real.folders(folder);
  }

  @Override
  public synchronized void deleteFolder(Path folder) throws IOException {
    step();
    if (!list(folder).isEmpty()) {
      throw new DirectoryNotEmptyException(folder.toString());
    }
    settleNames(folder);
    for (Path lock : real.list(folder)) {
      real.delete(lock); // has no name here
    }
    real.deleteFolder(folder);
    known.remove(folder);
  }

  @Override
  public synchronized SeamFile create(Path file) throws IOException {
    step();
    failing(Operation.CREATE, file.getParent());
    if (names.containsKey(file)) {
      throw new IOException(file + " exists");
    }
    Path place = file.resolveSibling(PENDING + pending++);
    Node node = new Node(place, new UnsyncedFile(real.create(place)));
    names.put(file, node);
    changes.add(new Change.Created(file, node));
    return new Handle(node);
  }

  @Override
  public synchronized SeamFile open(Path file) throws IOException {
    running();
    return new Handle(node(file));
  }

  @Override
  public synchronized SeamFile openToRead(Path file) throws IOException {
    return open(file);
  }

  private Node node(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      know(folder);
    }
    Node node = names.get(file);
    if (node == null) {
      throw new NoSuchFileException(file.toString());
    }
    return node;
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    step();
    Node node = node(from);
    names.remove(from);
    names.put(to, node);
    changes.add(new Change.Renamed(from, to));
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    step();
    node(file);
    names.remove(file);
    changes.add(new Change.Deleted(file));
  }

  @Override
  public synchronized void syncFolder(Path folder) throws IOException {
    step();
    failing(Operation.SYNC_FOLDER, folder);
    if (faults.liesAboutSync()) {
      return;
    }
    settleNames(folder);
  }

  private void settleNames(Path folder) throws IOException {
    List<Change> here =
        changes.stream().filter(change -> folder.equals(change.name().getParent())).toList();
    for (Change change : here) {
      apply(change);
    }
    changes.removeAll(here);
  }

  @Override
  public synchronized long usableBytes(Path folder) throws IOException {
    long limit = faults.diskBytes();
    return limit == Long.MAX_VALUE ? real.usableBytes(folder) : Math.max(0, limit - usedBytes());
  }

  private long usedBytes() {
    long used = 0;
    for (Node node : names.values()) {
      used += node.content.diskBytes();
    }
    return used;
  }

  @Override
  public AutoCloseable lock(Path file) throws IOException {
    AutoCloseable lock = real.lock(file);
    locks.add(file);
    return () -> {
      if (locks.remove(file) && locks.isEmpty()) {
        closeFiles();
      }
      lock.close();
    };
  }

  /** The process ends in order, the machine stays on: what was written stays, synced or not. */
  private synchronized void closeFiles() throws IOException {
    if (off) {
      return;
    }
    off = true;
    for (Change change : changes) {
      apply(change);
    }
    for (Node node : names.values()) {
      node.content.force(true);
      node.content.close();
    }
  }

  @Override
  public void reached(CrashPoint point) {
    if (faults.crashesAt(point)) {
      powerCut();
    }
  }

  private void running() throws PowerCutException {
    if (off) {
      throw new PowerCutException();
    }
  }

  /** An operation that power may fail in. */
  private void step() throws PowerCutException {
    running();
    if (faults.crashesNow()) {
      powerCut();
      throw new PowerCutException();
    }
  }

  private void failing(Operation operation, @Nullable Path folder) throws IOException {
    if (faults.fails(operation, folder)) {
      throw new IOException("simulated I/O error on " + operation);
    }
  }

  private final class Handle implements SeamFile {
    private final Node node;

    Handle(Node node) {
      this.node = node;
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      synchronized (FaultyFiles.this) {
        running();
        failing(Operation.WRITE, node.place.getParent());
        int length = faults.writes(from.remaining());
        long growth = at + length - node.content.diskBytes();
        if (growth > 0 && usedBytes() + growth > faults.diskBytes()) {
          throw new DiskFullException("simulated: no space left on device");
        }
        if (faults.crashesNow()) {
          node.content.write(from, at, faults.below(length + 1));
          powerCut();
          throw new PowerCutException();
        }
        node.content.write(from, at, length);
        return length;
      }
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      synchronized (FaultyFiles.this) {
        running();
        failing(Operation.READ, node.place.getParent());
        return into.hasRemaining() ? node.content.read(into, at) : 0;
      }
    }

    @Override
    public void force(boolean metadata) throws IOException {
      long stall = faults.stallMillis();
      if (stall > 0) {
        try {
          Thread.sleep(stall);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      synchronized (FaultyFiles.this) {
        step();
        failing(Operation.FORCE, node.place.getParent());
        if (!faults.liesAboutSync()) {
          node.content.force(metadata);
        }
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (FaultyFiles.this) {
        running();
        return node.content.size();
      }
    }

    @Override
    public void truncate(long length) throws IOException {
      synchronized (FaultyFiles.this) {
        step();
        node.content.truncate(length);
      }
    }

    @Override
    public void close() {
      // the content stays until power fails or the folder's lock is given back
    }
  }
}
