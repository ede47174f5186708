package io.serai.routing;

import static io.serai.routing.Specs.message;
import static io.serai.routing.Specs.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.DirectReplyTo;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queues behind direct reply-to addresses. */
@Timeout(300)
class DirectReplyIT {
  private static final String ADDRESS = DirectReplyTo.PREFIX + "x";

  private final RoutingNode node = new RoutingNode(2);
  private final RoutingNode.Connection asking = node.connect(0);
  private final RoutingNode.Connection answering = node.connect(1);

  @AfterEach
  void close() {
    node.close();
  }

  private void declare() {
    var spec =
        new QueueSpec(
            ADDRESS,
            QueueKind.VOLATILE,
            Lifetime.EXCLUSIVE,
            true,
            Request.noArguments(),
            Source.CLIENT);
    asking.ok(caller -> new Request.DeclareQueue(caller, spec));
  }

  @Test
  void anAddressNeedsNoPermissionAndIsReachedFromAnotherLoop() {
    node.user.forbid("CONFIGURE " + ADDRESS).forbid("READ " + ADDRESS);
    declare();
    asking.consume(ADDRESS);
    assertThat(answering.publish(message("", ADDRESS))).isEqualTo(PublishResult.ROUTED);
    assertThat(asking.delivered(1)).containsExactly(ADDRESS);
  }

  @Test
  void onlyItsOwnerReadsFromAnAddress() {
    declare();
    asking.consume(ADDRESS);
    assertThat(answering.refusal(caller -> new Request.Get(caller, ADDRESS, true)))
        .startsWith("RESOURCE_LOCKED");
    assertThat(answering.refusal(caller -> new Request.CheckQueue(caller, ADDRESS)))
        .as("which says that it is there")
        .startsWith("RESOURCE_LOCKED");
  }

  @Test
  void anAddressEndsWithItsConnection() {
    declare();
    asking.consume(ADDRESS);
    asking.end();
    node.settle();
    assertThat(answering.refusal(caller -> new Request.CheckQueue(caller, ADDRESS)))
        .startsWith("NOT_FOUND");
    assertThat(answering.publish(message("", ADDRESS))).isEqualTo(PublishResult.UNROUTABLE);
  }

  @Test
  void nobodyDeclaresOneAsAnOrdinaryQueue() {
    assertThat(asking.refusal(caller -> new Request.DeclareQueue(caller, queue(ADDRESS))))
        .isEqualTo("ACCESS_REFUSED queue name '" + ADDRESS + "' contains reserved prefix 'amq.*'");
  }
}
