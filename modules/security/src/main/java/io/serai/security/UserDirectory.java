package io.serai.security;

import io.serai.bus.Principal;
import java.security.SecureRandom;
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
  record Snapshot(long version, Map<String, User> users, List<ScramSha256> decoys) {
    /**
     * Salts of users that do not exist come from this, so that a SCRAM client who asks twice for
     * one is told the same, as it is for a user that exists.
     */
    private static final byte[] SALT_SECRET = new byte[32];

    static {
      new SecureRandom().nextBytes(SALT_SECRET);
    }

    @Nullable User find(String name) {
      return users.get(name);
    }

    /** What a SCRAM login of a user that does not exist or has no password runs against. */
    ScramSha256 scramDecoyFor(String name) {
      return decoyFor(name).named(name, SALT_SECRET);
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

  private volatile Snapshot snapshot;

  private UserDirectory(Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  /** A directory of these users. */
  public static UserDirectory of(Collection<User> users) {
    return new UserDirectory(snapshotOf(1, users));
  }

  /**
   * A directory of the users that the configuration describes. Hashes plain passwords: never call
   * it on an event loop.
   *
   * @throws IllegalArgumentException with one line per problem
   */
  public static UserDirectory read(List<UserSpec> specs) {
    UserDirectory directory = of(List.of());
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
      User user = spec.toUser(known.get(spec.name()), problems);
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

  private static Snapshot snapshotOf(long version, Collection<User> users) {
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
    return new Snapshot(version, Map.copyOf(byName), List.copyOf(decoys));
  }
}
