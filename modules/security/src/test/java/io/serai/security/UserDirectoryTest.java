package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.security.UserSpec.PermissionSpec;
import io.serai.security.UserSpec.TopicPermissionSpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UserDirectoryTest {
  private static final SaltSecret SALTS = SaltSecret.random();

  private static final List<PermissionSpec> ALL =
      List.of(new PermissionSpec("/", ".*", ".*", ".*"));

  private static UserSpec withPassword(String name, String password) {
    return new UserSpec(name, password, null, Set.of(), ALL, List.of());
  }

  @Test
  void usersAreReadWithPasswordsAndVerifiers() {
    var stored = ScramSha256.create("stored", 4096);
    var directory =
        UserDirectory.read(
            List.of(
                withPassword("joe", "plain"),
                new UserSpec(
                    "ann", null, stored.written(), Set.of("administrator"), ALL, List.of()),
                new UserSpec("cert", null, null, Set.of(), ALL, List.of())),
            SALTS);

    assertThat(directory.find("joe").verifier().verifies("plain")).isTrue();
    assertThat(directory.find("ann").verifier()).isEqualTo(stored);
    assertThat(directory.find("ann").tags()).containsExactly("administrator");
    assertThat(directory.find("cert").verifier()).isNull();
    assertThat(directory.find("nobody")).isNull();
  }

  @Test
  void aReloadKeepsTheVerifierOfAnUnchangedPasswordAndRaisesTheVersion() {
    var directory = UserDirectory.read(List.of(withPassword("joe", "one")), SALTS);
    var before = directory.find("joe").verifier();
    long version = directory.version();

    directory.reload(List.of(withPassword("joe", "one")));
    assertThat(directory.find("joe").verifier()).isSameAs(before);
    assertThat(directory.version()).isGreaterThan(version);

    directory.reload(List.of(withPassword("joe", "two")));
    assertThat(directory.find("joe").verifier()).isNotEqualTo(before);
    assertThat(directory.find("joe").verifier().verifies("one")).isFalse();
  }

  @Test
  void aReloadWithProblemsNamesAllOfThemAndChangesNothing() {
    var directory = UserDirectory.read(List.of(withPassword("joe", "one")), SALTS);
    var before = directory.snapshot();
    var broken =
        List.of(
            withPassword("joe", "one"),
            withPassword("joe", "two"),
            new UserSpec("", "x", null, Set.of(), ALL, List.of()),
            new UserSpec("both", "x", "scram-sha-256$1$", Set.of(), ALL, List.of()),
            new UserSpec(
                "hash", null, "5f4dcc3b5aa765d61d8327deb882cf99", Set.of(), ALL, List.of()),
            new UserSpec(
                "regex",
                "x",
                null,
                Set.of(),
                List.of(new PermissionSpec("/", "(", ".*", ".*")),
                List.of(new TopicPermissionSpec("/", "amq.topic", "[", ".*"))),
            new UserSpec(
                "twice", "x", null, Set.of(), List.of(ALL.getFirst(), ALL.getFirst()), List.of()));

    assertThatThrownBy(() -> directory.reload(broken))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(
            "user joe: written twice",
            "a user has an empty name",
            "user both: has a password and a verifier",
            "user hash: not a verifier",
            "user regex: permissions in vhost /: '(' is not a regular expression",
            "user regex: topic permissions on amq.topic in vhost /: '[' is not",
            "user twice: two permissions for the vhost '/'")
        .doesNotContain("5f4dcc3b5aa765d61d8327deb882cf99");
    assertThat(directory.snapshot()).isSameAs(before);
  }

  @Test
  void theUnknownUserIsCheckedAgainstADecoyAsCostlyAsTheKnownOnes() {
    var directory =
        UserDirectory.of(
            List.of(
                new User("a", ScramSha256.decoy(5000), Set.of(), List.of(), List.of()),
                new User("b", ScramSha256.decoy(5000), Set.of(), List.of(), List.of())));

    assertThat(directory.snapshot().decoyFor("nobody").iterations()).isEqualTo(5000);
    assertThat(directory.snapshot().decoyFor("")).isNotNull();
    assertThat(UserDirectory.of(List.of()).snapshot().decoyFor("x").iterations()).isEqualTo(4096);
  }

  @Test
  void saltsAreTheSameAfterARestartWhetherThereIsTheUserOrNot() {
    byte[] kept = SALTS.bytes();
    var before = UserDirectory.read(List.of(withPassword("joe", "one")), SALTS);
    var after = UserDirectory.read(List.of(withPassword("joe", "two")), SaltSecret.of(kept));
    assertThat(before.find("joe").verifier().salt()).isEqualTo(after.find("joe").verifier().salt());
    assertThat(before.snapshot().scramDecoyFor("nobody").salt())
        .isEqualTo(after.snapshot().scramDecoyFor("nobody").salt());
    var elsewhere = UserDirectory.read(List.of(withPassword("joe", "one")), SaltSecret.random());
    assertThat(elsewhere.find("joe").verifier().salt())
        .isNotEqualTo(before.find("joe").verifier().salt());
    assertThat(elsewhere.snapshot().scramDecoyFor("nobody").salt())
        .isNotEqualTo(before.snapshot().scramDecoyFor("nobody").salt());
  }

  @Test
  void noSecretIsInAnyText() {
    assertThat(withPassword("joe", "hunter2").toString()).doesNotContain("hunter2");
    assertThat(
            UserDirectory.read(List.of(withPassword("joe", "hunter2")), SALTS)
                .find("joe")
                .toString())
        .isEqualTo("User[joe []]");
  }
}
