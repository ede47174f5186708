package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import org.junit.jupiter.api.Test;

/** Loops configure the same topics at the same time. */
class TopicCollectionTest {
  private final TopicCollection collection = new TopicCollection();

  private static TopicConfig topic(String id, String name, long maxSubscribers) {
    return new TopicConfig(
        id,
        "/",
        name,
        Topic.of(name, Spelling.SLASH),
        "core.ps.data",
        -1,
        null,
        -1,
        maxSubscribers,
        TopicConfig.OBSERVER_CHECK_SECONDS,
        new Subscribers());
  }

  private static TopicConfig changed(TopicConfig from, long maxSubscribers) {
    return new TopicConfig(
        from.id(),
        from.vhost(),
        from.name(),
        from.data(),
        from.resourceType(),
        -1,
        null,
        -1,
        maxSubscribers,
        TopicConfig.OBSERVER_CHECK_SECONDS,
        from.subscribers());
  }

  @Test
  void aChangeOfWhatWasDeletedMeanwhileDoesNotBringItBack() {
    TopicConfig first = topic("1", "room", -1);
    collection.add(first, 0);
    collection.remove(first);
    TopicConfig second = topic("2", "room", -1);
    collection.add(second, 0);
    assertThat(collection.replace(first, changed(first, 3))).isFalse();
    assertThat(collection.all("/", 0)).containsExactly(second);
    assertThat(collection.ofData("/", first.data(), 0)).isEqualTo(second);
  }

  @Test
  void ofTwoChangesAtATimeOneIsToldThatItIsLate() {
    TopicConfig first = topic("1", "room", -1);
    collection.add(first, 0);
    assertThat(collection.replace(first, changed(first, 3))).isTrue();
    assertThat(collection.replace(first, changed(first, 4))).isFalse();
    collection.remove(first); // as it was read before the change
    assertThat(collection.ofData("/", first.data(), 0)).isNull();
    assertThat(collection.all("/", 0)).isEmpty();
  }
}
