package io.serai.security;

import io.serai.bus.Principal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The users of the node: one immutable snapshot behind one volatile reference. Any thread reads
 * without a lock; a change replaces the whole snapshot and takes effect on open connections too.
 */
public final class UserDirectory {
  /**
   * All users at one time.
   *
   * @param version higher than that of every earlier snapshot
   */
  record Snapshot(
      long version, Map<String, User> users, List<ScramSha256> decoys, SaltSecret salts) {
    @Nullable User find(String name) {
      return users.get(name);
    }

    /** What a SCRAM login of a user that does not exist or has no password runs against. */
    ScramSha256 scramDecoyFor(String name) {
      return decoyFor(name).named(name, salts);
    }

    /** Whether {@code name} is a user and the only one. */
    boolean isOnly(String name) {
      return users.size() == 1 && users.containsKey(name);
    }

    /** The verifier to check for a user that does not exist or has no password. */
    ScramSha256 decoyFor(String name) {
      return decoys.get(Math.floorMod(name.hashCode(), decoys.size()));
    }
  }

  private final SaltSecret salts;
  private volatile Snapshot snapshot;

  private UserDirectory(Collection<User> users, SaltSecret salts) {
    this.salts = salts;
    this.snapshot = snapshotOf(1, users);
  }

  /** A directory of these users. */
  public static UserDirectory of(Collection<User> users) {
    return new UserDirectory(users, SaltSecret.random());
  }

  /**
   * A directory of the users that the configuration describes. Hashes plain passwords: never call
   * it on an event loop.
   *
   * @param salts to make salts of; the same at every start
   * @throws IllegalArgumentException with one line per problem
   */
  public static UserDirectory read(List<UserSpec> specs, SaltSecret salts) {
    UserDirectory directory = new UserDirectory(List.of(), salts);
    directory.reload(specs);
    return directory;
  }

  /** What the user of that name may do, as the directory has it at any time; nothing if gone. */
  public Principal principal(String name) {
    return new DirectoryPrincipal(this, name);
  }

  /**
   * Replaces all users with those described, or none of them when something is wrong. Hashes plain
   * passwords: never call it on an event loop.
   *
   * @throws IllegalArgumentException with one line per problem
   */
  public void reload(List<UserSpec> specs) {
    replace(prepare(specs));
  }

  /**
   * The users described, for {@link #replace} when everything else that changes with them is ready
   * too. Who kept its password keeps its verifier. Hashes plain passwords: never call it on an
   * event loop.
   *
   * @throws IllegalArgumentException with one line per problem
   */
  public List<User> prepare(List<UserSpec> specs) {
    Map<String, User> known = snapshot.users;
    Map<String, User> read = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (UserSpec spec : specs) {
      User user = spec.toUser(known.get(spec.name()), salts, problems);
      if (user != null && read.put(user.name(), user) != null) {
        problems.add("user " + user.name() + ": written twice; leave one");
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return List.copyOf(read.values());
  }

  /** Replaces all users. */
  public synchronized void replace(Collection<User> users) {
    snapshot = snapshotOf(snapshot.version + 1, users);
  }

  /** The user of that name, or null. */
  public @Nullable User find(String name) {
    return snapshot.find(name);
  }

  /** Changes whenever the users do. */
  public long version() {
    return snapshot.version;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  private Snapshot snapshotOf(long version, Collection<User> users) {
    Map<String, User> byName = new HashMap<>();
    List<ScramSha256> decoys = new ArrayList<>();
    for (User user : users) {
      byName.put(user.name(), user);
      // As many decoys of each cost as there are users of it: the time of an answer says nothing.
      ScramSha256 verifier = user.verifier();
      if (verifier != null) {
        decoys.add(ScramSha256.decoyOf(verifier));
      }
    }
    if (decoys.isEmpty()) {
      decoys.add(ScramSha256.decoy(ScramSha256.PLAIN_TEXT_ITERATIONS));
    }
    return new Snapshot(version, Map.copyOf(byName), List.copyOf(decoys), salts);
  }
}
