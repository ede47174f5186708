package io.serai.gateway.coap.resource;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Request;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapOption;
import io.serai.model.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /q/name}: POST puts a message into a queue that exists, GET takes one and holds it, DELETE
 * {@code /q/name/tag} acknowledges it. The tag is the last segment of the answer's Location-Path.
 * What is not acknowledged goes back into its place when its time is over or its peer is gone.
 */
final class QueueResource implements Resource {
  /** Messages one peer holds, and waits for. */
  static final int MAX_HELD = 1_000;

  private static final long MILLIS = 1_000;
  private static final long HOLD_SECONDS = 60;
  private static final long MAX_HOLD_SECONDS = 3_600;

  /** Within what RFC 7252 §4.8.2 allows a client to remember its request. */
  private static final long MAX_WAIT_SECONDS = 240;

  private final PeerScope scope;
  private final Publishing publishing;

  /**
   * Tags of what this peer took, and when that goes back; at most {@link #MAX_HELD}. What was
   * settled from another port is found out when its time comes, or when there is no room.
   */
  private final Map<String, Deadlines.Deadline> tags = new HashMap<>(0);

  private int waitingCount;

  QueueResource(PeerScope scope, Publishing publishing) {
    this.scope = scope;
    this.publishing = publishing;
  }

  /** Whether this peer holds messages. */
  boolean isHolding() {
    return !tags.isEmpty();
  }

  @Override
  public void handle(Incoming in, Effects<CoapFrame> out) {
    int segments = in.path().size();
    if (segments < 2 || segments > 3 || in.path().get(1).isEmpty()) {
      throw RequestException.badRequest("the path is /q/name or /q/name/tag");
    }
    boolean hasTag = segments == 3;
    if (in.isMethod(CoapCode.DELETE) && hasTag) {
      settle(in, out);
    } else if (hasTag) {
      throw RequestException.notAllowed("DELETE");
    } else if (in.isMethod(CoapCode.POST)) {
      put(in, out);
    } else if (in.isMethod(CoapCode.GET)) {
      new Taking(in).start(out);
    } else {
      throw RequestException.notAllowed("POST and GET");
    }
  }

  private static String queue(Incoming in) {
    return in.path().get(1);
  }

  // ---- POST

  private void put(Incoming in, Effects<CoapFrame> out) {
    in.query().allow("qos", "expiry");
    in.query().checkPublication();
    CoapEncoding encoding =
        CoapEncoding.ofRequest(in.request().isConfirmable(), false, in.request().options());
    publishing.publish(
        in.message(Address.ofQueue(queue(in)), encoding, in.request().payload(), out),
        false,
        in,
        out,
        (isRouted, later) -> {
          if (!isRouted) {
            throw new RequestException(
                CoapCode.NOT_FOUND,
                "no queue '%s' in vhost '%s'".formatted(queue(in), in.client().vhost()));
          }
          in.answer(CoapCode.CHANGED, later);
        });
  }

  // ---- GET

  /** One GET: takes a message if there is one, else waits for it as long as the client wants. */
  private final class Taking implements Consumers.Taker {
    private final Incoming in;
    private final long waitSeconds;
    private final long holdSeconds;
    private @Nullable ConsumerRef consumer;
    private Deadlines.@Nullable Deadline deadline;
    private boolean isOver;

    Taking(Incoming in) {
      in.query().allow("wait", "hold");
      this.in = in;
      this.waitSeconds = in.query().number("wait", 0, MAX_WAIT_SECONDS);
      this.holdSeconds = in.query().number("hold", HOLD_SECONDS, MAX_HOLD_SECONDS);
    }

    void start(Effects<CoapFrame> out) {
      if (isFull()) {
        throw new RequestException(
            CoapCode.SERVICE_UNAVAILABLE, "a peer holds at most " + MAX_HELD + " messages");
      }
      scope.ask(
          new Request.Get(in.client().caller(), queue(in), false),
          in.reply(),
          out,
          (got, later) -> {
            Delivery delivery = got.delivery();
            if (delivery != null) {
              hold(delivery, later);
            } else if (waitSeconds > 0) {
              await(later);
            } else {
              throw empty();
            }
          });
    }

    private void await(Effects<CoapFrame> out) {
      waitingCount++;
      deadline = scope.deadlines().at(out.nowMillis() + waitSeconds * MILLIS, this::giveUp);
      scope
          .consumers()
          .readSettling(
              in,
              queue(in),
              1,
              false,
              this,
              out,
              (ref, later) -> {
                consumer = ref;
                if (isOver) {
                  scope.consumers().cancel(in.client(), ref, later);
                }
              });
    }

    @Override
    public void take(Delivery delivery, Effects<CoapFrame> out) {
      if (isOver || !in.reply().isOpen()) {
        out.settle(delivery, Outcome.RETURNED);
        return;
      }
      over(out);
      hold(delivery, out);
    }

    @Override
    public void onCancelled(Effects<CoapFrame> out) {
      giveUp(out);
    }

    private void giveUp(Effects<CoapFrame> out) {
      if (!isOver) {
        over(out);
        in.answer(empty().answer(), out);
      }
    }

    private void over(Effects<CoapFrame> out) {
      isOver = true;
      waitingCount--;
      Deadlines.Deadline waiting = deadline;
      if (waiting != null) {
        scope.deadlines().cancel(waiting);
      }
      ConsumerRef reading = consumer;
      if (reading != null) {
        scope.consumers().cancel(in.client(), reading, out);
      }
    }

    private RequestException empty() {
      return new RequestException(CoapCode.NOT_FOUND, "queue '%s' is empty".formatted(queue(in)));
    }

    private void hold(Delivery delivery, Effects<CoapFrame> out) {
      String tag = scope.node().randomName();
      tags.put(
          tag,
          scope
              .deadlines()
              .at(out.nowMillis() + holdSeconds * MILLIS, later -> release(tag, later)));
      scope
          .node()
          .held()
          .add(
              tag,
              new HeldMessages.Held(
                  delivery,
                  in.client().vhost(),
                  queue(in),
                  in.client().caller().principal().user()));
      in.answer(answer(delivery, tag, out), out);
    }

    private CoapAnswer answer(Delivery delivery, String tag, Effects<CoapFrame> out) {
      CoapAnswer content = Representation.content(delivery.message(), false, out.nowMillis());
      List<CoapOption> options = new ArrayList<>(content.options());
      for (String segment : List.of("q", queue(in), tag)) {
        options.add(CoapOption.of(CoapOption.LOCATION_PATH, segment));
      }
      if (delivery.isRedelivered()) {
        options.add(
            CoapOption.of(CoapOption.PROPERTY, "delivery-count=" + delivery.deliveryCount()));
      }
      return new CoapAnswer(CoapCode.CONTENT, options, content.payload());
    }
  }

  // ---- DELETE

  private void settle(Incoming in, Effects<CoapFrame> out) {
    in.query().allow("requeue", "reject");
    boolean isReturned = in.query().isOn("requeue");
    boolean isRejected = in.query().isOn("reject");
    String tag = in.path().get(2);
    HeldMessages.Held held =
        scope
            .node()
            .held()
            .remove(tag, in.client().vhost(), queue(in), in.client().caller().principal().user());
    if (held == null) {
      throw new RequestException(
          CoapCode.NOT_FOUND, "nothing is held under this tag: it was settled, or went back");
    }
    forget(tag);
    out.settle(
        held.delivery(),
        isReturned ? Outcome.RETURNED : isRejected ? Outcome.REJECTED : Outcome.ACCEPTED);
    in.answer(CoapCode.DELETED, out);
  }

  /** The time to acknowledge is over. */
  private void release(String tag, Effects<CoapFrame> out) {
    tags.remove(tag);
    HeldMessages.Held held = scope.node().held().remove(tag);
    if (held != null) {
      out.settle(held.delivery(), Outcome.RETURNED);
    }
  }

  private void forget(String tag) {
    Deadlines.Deadline goesBack = tags.remove(tag);
    if (goesBack != null) {
      scope.deadlines().cancel(goesBack);
    }
  }

  /** Whether the peer holds as much as it may; lets go of what was settled from another port. */
  private boolean isFull() {
    if (tags.size() + waitingCount < MAX_HELD) {
      return false;
    }
    List.copyOf(tags.keySet()).stream()
        .filter(tag -> !scope.node().held().has(tag))
        .forEach(this::forget);
    return tags.size() + waitingCount >= MAX_HELD;
  }

  /** The peer is gone: what it holds goes back with its connection. */
  void close() {
    tags.keySet().forEach(scope.node().held()::remove);
    tags.clear();
  }
}
