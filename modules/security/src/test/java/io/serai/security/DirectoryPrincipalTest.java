package io.serai.security;

import static io.serai.bus.Principal.Action.CONFIGURE;
import static io.serai.bus.Principal.Action.READ;
import static io.serai.bus.Principal.Action.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DirectoryPrincipalTest {
  private final UserDirectory directory =
      UserDirectory.of(
          List.of(
              user(
                  "joe",
                  List.of(Permission.of("/", "^joe\\.", "^(joe\\.|amq\\.topic$)", ".*")),
                  List.of(TopicPermission.of("/", "amq.topic", "^{client_id}\\.", "^plant\\.")))));
  private final DirectoryPrincipal joe = new DirectoryPrincipal(directory, "joe");

  private static User user(
      String name, List<Permission> permissions, List<TopicPermission> topicPermissions) {
    return new User(name, null, Set.of("monitoring"), permissions, topicPermissions);
  }

  private static Topic slashed(String text) {
    return Topic.of(text, Spelling.SLASH);
  }

  @Test
  void aTopicPermissionMayHoldBackAQosAndTheRetainFlag() {
    UserDirectory limited =
        UserDirectory.of(
            List.of(
                user(
                    "ann",
                    List.of(Permission.full("/")),
                    List.of(TopicPermission.of("/", "amq.topic", ".*", ".*", 1, false)))));
    DirectoryPrincipal ann = new DirectoryPrincipal(limited, "ann");
    assertThat(ann.maxQos("/", "amq.topic")).isEqualTo(1);
    assertThat(ann.mayRetain("/", "amq.topic")).isFalse();
    assertThat(ann.maxQos("/", "other")).isEqualTo(2);
    assertThat(ann.mayRetain("/", "other")).isTrue();
    assertThat(joe.maxQos("/", "amq.topic")).isEqualTo(2);
    assertThat(joe.mayRetain("/", "amq.topic")).isTrue();
  }

  @Test
  void eachActionHasItsOwnExpression() {
    assertThat(joe.may(CONFIGURE, "/", "joe.tasks")).isTrue();
    assertThat(joe.may(CONFIGURE, "/", "amq.topic")).isFalse();
    assertThat(joe.may(WRITE, "/", "amq.topic")).isTrue();
    assertThat(joe.may(WRITE, "/", "amq.topic2")).isFalse();
    assertThat(joe.may(READ, "/", "whatever")).isTrue();
    assertThat(joe.may(READ, "/", "whatever")).as("asked again").isTrue();
  }

  @Test
  void aVhostWithoutAPermissionIsClosed() {
    assertThat(joe.mayEnter("/")).isTrue();
    assertThat(joe.mayEnter("plant")).isFalse();
    assertThat(joe.may(READ, "plant", "whatever")).isFalse();
    assertThat(joe.mayPublish("plant", "amq.topic", slashed("c/x"), "c")).isFalse();
    assertThat(joe.maySubscribe("plant", "amq.topic", TopicFilter.ofMqtt("plant/x"), "c"))
        .isFalse();
  }

  @Test
  void theDefaultExchangeIsKnownAsAmqDefault() {
    directory.replace(
        List.of(user("joe", List.of(Permission.of("/", "", "^amq\\.default$", "")), List.of())));

    assertThat(joe.may(WRITE, "/", "")).isTrue();
    assertThat(joe.may(READ, "/", "")).isFalse();
  }

  @Test
  void aTopicIsMatchedInItsDottedSpellingWhateverTheProtocol() {
    assertThat(joe.mayPublish("/", "amq.topic", slashed("s7/temp"), "s7")).isTrue();
    assertThat(joe.mayPublish("/", "amq.topic", Topic.of("s7.temp", Spelling.DOT), "s7")).isTrue();
    assertThat(joe.mayPublish("/", "amq.topic", slashed("s8/temp"), "s7")).isFalse();
    assertThat(joe.mayPublish("/", "amq.topic", slashed("s8/temp"), "s8")).isTrue();
    // One level "s7.temp": its dot is escaped, so it does not pass for the level s7.
    assertThat(joe.mayPublish("/", "amq.topic", slashed("s7.temp"), "s7")).isFalse();
  }

  @Test
  void anExchangeWithoutATopicPermissionIsOpen() {
    assertThat(joe.mayPublish("/", "other", slashed("any/thing"), "s7")).isTrue();
    assertThat(joe.maySubscribe("/", "other", TopicFilter.ofMqtt("#"), "s7")).isTrue();
  }

  @Test
  void aFilterIsMatchedWithItsWildcards() {
    assertThat(joe.maySubscribe("/", "amq.topic", TopicFilter.ofMqtt("plant/#"), "s7")).isTrue();
    assertThat(joe.maySubscribe("/", "amq.topic", TopicFilter.ofAmqp("plant.*.x"), "")).isTrue();
    assertThat(joe.maySubscribe("/", "amq.topic", TopicFilter.ofMqtt("#"), "s7")).isFalse();
    assertThat(joe.maySubscribe("/", "amq.topic", TopicFilter.ofMqtt("+/1"), "s7")).isFalse();
    assertThat(joe.maySubscribe("/", "amq.topic", new TopicFilter.Prefix("plant."), "")).isTrue();
    assertThat(joe.maySubscribe("/", "amq.topic", new TopicFilter.Prefix("plant"), "")).isFalse();
  }

  @Test
  void aChangeOfPermissionsCountsAtOnce() {
    assertThat(joe.may(WRITE, "/", "joe.x")).isTrue();
    long before = joe.version();

    directory.replace(
        List.of(user("joe", List.of(Permission.of("/", "", "^other$", "")), List.of())));

    assertThat(joe.version()).isGreaterThan(before);
    assertThat(joe.may(WRITE, "/", "joe.x")).isFalse();
    assertThat(joe.may(WRITE, "/", "other")).isTrue();
    assertThat(joe.mayPublish("/", "amq.topic", slashed("s8/temp"), "s7")).isTrue();
  }

  @Test
  void aDeletedUserMayDoNothingUntilItIsBack() {
    assertThat(joe.may(READ, "/", "x")).isTrue();
    assertThat(joe.tags()).containsExactly("monitoring");

    directory.replace(List.of());

    assertThat(joe.mayEnter("/")).isFalse();
    assertThat(joe.may(READ, "/", "x")).isFalse();
    assertThat(joe.mayPublish("/", "other", slashed("a"), "c")).isFalse();
    assertThat(joe.maySubscribe("/", "other", TopicFilter.ofMqtt("a"), "c")).isFalse();
    assertThat(joe.tags()).isEmpty();
    assertThat(joe.user()).isEqualTo("joe");
  }

  @Test
  void decisionsStayRightWhenThereAreMoreThanTheCacheHolds() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5000; i++) {
        assertThat(joe.mayPublish("/", "amq.topic", slashed("s7/" + i), "s7")).isTrue();
        assertThat(joe.mayPublish("/", "amq.topic", slashed("s8/" + i), "s7")).isFalse();
        assertThat(joe.may(CONFIGURE, "/", "joe." + i)).isTrue();
        assertThat(joe.may(CONFIGURE, "/", "amq." + i)).isFalse();
      }
    }
  }
}
