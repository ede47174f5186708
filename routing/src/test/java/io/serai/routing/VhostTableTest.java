package io.serai.routing;

import static io.serai.routing.Specs.arguments;
import static io.serai.routing.Specs.autoDelete;
import static io.serai.routing.Specs.exchange;
import static io.serai.routing.Specs.message;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.toExchange;
import static io.serai.routing.Specs.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionRef;
import io.serai.model.Value;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VhostTableTest {
  private static final SessionRef SESSION = new SessionRef(0, 1);

  private final TestUser user = new TestUser();
  private VhostTable table =
      VhostTable.predeclared("/")
          .with(Exchange.of(exchange("direct", "direct")))
          .with(Exchange.of(exchange("topic", "topic")))
          .with(Exchange.of(autoDelete("fan", "fanout")));

  private QueueEntry entry(String name) {
    QueueEntry entry =
        new QueueEntry(new QueueRef("/", name, 0, 0, name.hashCode()), queue(name), SESSION);
    table = table.with(entry);
    return entry;
  }

  private void bind(List<BindingSpec> bindings) {
    table = RoutingNode.assertOk(BindingChanges.bind(table, user.on(SESSION), bindings));
  }

  private void bindMany(String queue, int topics, int keys) {
    List<BindingSpec> bindings = new ArrayList<>();
    for (int i = 0; i < topics; i++) {
      bindings.add(toQueue("topic", queue, "a." + i + ".#"));
    }
    for (int i = 0; i < keys; i++) {
      bindings.add(toQueue("direct", queue, "k" + i));
    }
    bind(bindings);
  }

  private static Exchange found(VhostTable in, String name) {
    return Objects.requireNonNull(in.exchange(name));
  }

  private static Set<String> keys(VhostTable in, String exchange) {
    Set<String> keys = new TreeSet<>();
    for (Bound bound : found(in, exchange).bindings()) {
      keys.add(bound.spec().destination() + " " + bound.spec().key());
    }
    assertThat(keys).hasSize(found(in, exchange).bindingCount());
    return keys;
  }

  @Test
  void aQueueTakesItsOwnBindingsWithItWhetherTheyAreMostOrFewOfAnExchange() {
    QueueEntry most = entry("most");
    QueueEntry few = entry("few");
    bindMany("most", 50, 3);
    bindMany("few", 2, 40);
    VhostTable left = table.without(List.of(most));
    assertThat(left.queue("most")).isNull();
    assertThat(keys(left, "topic")).containsExactly("few a.0.#", "few a.1.#");
    assertThat(keys(left, "direct")).hasSize(40).allMatch(key -> key.startsWith("few "));
    assertThat(left.bindingCountTo(most.destination())).isZero();
    assertThat(left.bindingCountTo(few.destination())).isEqualTo(42);
  }

  @Test
  void anExchangeKeepsWhatItsArgumentsSayWhenMostOfItsBindingsGo() {
    table =
        table.with(
            Exchange.of(
                exchange(
                    "later", "x-delayed-message", arguments("x-delayed-type", Value.of("topic")))));
    QueueEntry gone = entry("gone");
    entry("kept");
    bind(
        List.of(
            toQueue("later", "gone", "a"),
            toQueue("later", "gone", "b"),
            toQueue("later", "kept", "orders.#")));
    VhostTable left = table.without(List.of(gone));
    List<String> matched = new ArrayList<>();
    found(left, "later")
        .matcher()
        .match(message("later", "orders.eu"), it -> matched.add(it.spec().destination()));
    assertThat(matched).containsExactly("kept");
  }

  @Test
  void manyQueuesGoAtOnce() {
    List<QueueEntry> gone = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      gone.add(entry("q" + i));
      bindMany("q" + i, 5, 5);
    }
    QueueEntry kept = entry("kept");
    bindMany("kept", 5, 5);
    VhostTable left = table.without(gone);
    assertThat(left.queues().size()).isEqualTo(1);
    assertThat(keys(left, "topic")).hasSize(5);
    assertThat(keys(left, "direct")).hasSize(5);
    assertThat(left.bindingCountTo(kept.destination())).isEqualTo(10);
    assertThat(left.bindingsTo().size()).isEqualTo(1);
  }

  @Test
  void anExchangeTakesBindingsFromAndToItAlong() {
    QueueEntry shared = entry("shared");
    QueueEntry only = entry("only");
    bindMany("shared", 5, 7);
    bindMany("only", 5, 0);
    bind(List.of(toExchange("fan", "topic", ""), toExchange("direct", "topic", "t")));
    VhostTable left = table.without(found(table, "topic"));
    assertThat(left.exchange("topic")).isNull();
    assertThat(left.bindingCountTo(shared.destination())).isEqualTo(7);
    assertThat(left.bindingsTo().containsKey(only.destination())).isFalse();
    assertThat(left.bindingsTo().containsKey(new Destination.ToExchange("topic"))).isFalse();
    assertThat(keys(left, "direct")).hasSize(7);
    assertThat(left.exchange("fan")).as("auto-delete, its last binding is gone").isNull();
  }

  @Test
  void whatIsNotTouchedStaysTheSameObject() {
    QueueEntry gone = entry("gone");
    entry("kept");
    bind(List.of(toQueue("direct", "gone", "k"), toQueue("topic", "kept", "t")));
    VhostTable left = table.without(List.of(gone));
    assertThat(found(left, "topic")).isSameAs(found(table, "topic"));
    assertThat(table.without(List.of())).isSameAs(table);
  }
}
