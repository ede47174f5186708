package io.serai.gateway.coap.resource;

import io.serai.bus.Delivery;
import io.serai.bus.DirectReplyTo;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.gateway.Effects;
import io.serai.gateway.TextProperties;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapPath;
import io.serai.gateway.coap.Reply;
import io.serai.model.Address;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /rpc/com/acme/add}: a call. The message goes to the queue {@code rpc.com.acme.add}
 * with a reply-to that only this peer reads and a correlation id; the first answer with that id is
 * the answer to the request.
 */
final class CallResource implements Resource {
  /** Calls of one peer that wait for their answer. */
  static final int MAX_CALLS = 1_000;

  private static final String QUEUE_PREFIX = "rpc.";
  private static final String REPLY_TO = "reply-to=";
  private static final String CORRELATION_ID = TextProperties.CORRELATION_ID + "=";
  private static final long TIMEOUT_SECONDS = 30;

  /** Within what RFC 7252 §4.8.2 allows a client to remember its request. */
  private static final long MAX_TIMEOUT_SECONDS = 240;

  private final PeerScope scope;
  private final Publishing publishing;
  private final Map<String, Waiting> waiting = new HashMap<>(0);

  /** The queues answers come to, by vhost: a peer may speak for clients of several. */
  private final Map<String, String> replies = new HashMap<>(0);

  private long nextId = 1;

  /** A call without its answer. */
  private record Waiting(Reply reply, String vhost, Deadlines.Deadline deadline) {}

  /** What comes to the queue of a vhost. */
  private final class Answers implements Consumers.Taker {
    private final String vhost;

    Answers(String vhost) {
      this.vhost = vhost;
    }

    @Override
    public void take(Delivery delivery, Effects<CoapFrame> out) {
      answered(delivery.message(), out);
    }

    @Override
    public void onCancelled(Effects<CoapFrame> out) {
      replies.remove(vhost);
      for (Map.Entry<String, Waiting> call : List.copyOf(waiting.entrySet())) {
        if (call.getValue().vhost().equals(vhost)) {
          fail(
              call.getKey(), CoapCode.SERVICE_UNAVAILABLE, "the queue of answers was deleted", out);
        }
      }
    }
  }

  CallResource(PeerScope scope, Publishing publishing) {
    this.scope = scope;
    this.publishing = publishing;
  }

  @Override
  public void handle(Incoming in, Effects<CoapFrame> out) {
    if (in.path().size() < 2 || in.path().get(1).isEmpty()) {
      throw RequestException.badRequest("the path is /rpc and the name of a procedure");
    }
    if (!in.isMethod(CoapCode.POST)) {
      throw RequestException.notAllowed("POST");
    }
    in.query().allow("timeout", "qos");
    in.query().checkPublication();
    long timeoutSeconds = in.query().number("timeout", TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS);
    if (waiting.size() >= MAX_CALLS) {
      throw new RequestException(
          CoapCode.SERVICE_UNAVAILABLE, "a peer has at most " + MAX_CALLS + " calls at a time");
    }
    String vhost = in.client().vhost();
    String known = replies.get(vhost);
    if (known != null) {
      call(in, known, timeoutSeconds, out);
      return;
    }
    QueueSpec spec =
        new QueueSpec(
            DirectReplyTo.PREFIX + scope.node().randomName(),
            QueueKind.VOLATILE,
            Lifetime.EXCLUSIVE,
            true,
            Request.noArguments(),
            Source.CLIENT);
    scope.ask(
        new Request.DeclareQueue(in.client().caller(), spec),
        in.reply(),
        out,
        (info, declared) ->
            scope
                .consumers()
                .readAll(
                    in,
                    info.queue().name(),
                    new Answers(vhost),
                    declared,
                    (_, later) -> {
                      replies.put(vhost, info.queue().name());
                      call(in, info.queue().name(), timeoutSeconds, later);
                    }));
  }

  private void call(Incoming in, String replyTo, long timeoutSeconds, Effects<CoapFrame> out) {
    String id = Long.toString(nextId++);
    String procedure = String.join(".", in.path().subList(1, in.path().size()));
    Message message =
        in.message(
            Address.ofQueue(QUEUE_PREFIX + procedure),
            CoapEncoding.ofRequest(
                in.request().isConfirmable(), false, options(in, id, replyTo, timeoutSeconds)),
            in.request().payload(),
            out);
    Deadlines.Deadline deadline =
        scope
            .deadlines()
            .at(
                out.nowMillis() + timeoutSeconds * 1_000,
                later -> fail(id, CoapCode.GATEWAY_TIMEOUT, "no answer in time", later));
    waiting.put(id, new Waiting(in.reply(), in.client().vhost(), deadline));
    try {
      publishing.publish(
          message,
          false,
          in,
          out,
          (isRouted, later) -> {
            if (!isRouted) {
              fail(id, CoapCode.NOT_FOUND, "no procedure '" + procedure + "'", later);
            }
          });
    } catch (RequestException e) {
      forget(id);
      throw e;
    }
  }

  /** The client's, but for those that lead the answer here; nobody wants a call that is over. */
  private static List<CoapOption> options(
      Incoming in, String id, String replyTo, long timeoutSeconds) {
    List<CoapOption> options = new ArrayList<>();
    for (CoapOption option : in.request().options()) {
      String text = option.number() == CoapOption.PROPERTY ? option.text() : "";
      if (!text.startsWith(REPLY_TO) && !text.startsWith(CORRELATION_ID)) {
        options.add(option);
      }
    }
    options.add(CoapOption.of(CoapOption.URI_QUERY, "expiry=" + timeoutSeconds));
    options.add(CoapOption.of(CoapOption.PROPERTY, CORRELATION_ID + id));
    options.add(
        CoapOption.of(CoapOption.PROPERTY, REPLY_TO + CoapPath.written(List.of("q", replyTo))));
    return options;
  }

  private void answered(Message answer, Effects<CoapFrame> out) {
    String id = TextProperties.text(answer.properties().correlationId());
    Waiting call = id == null ? null : forget(id);
    if (call != null) { // else it came too late, or twice
      call.reply()
          .answer(Representation.answer(CoapCode.CHANGED, answer, false, out.nowMillis()), out);
    }
  }

  private void fail(String id, CoapCode code, String why, Effects<CoapFrame> out) {
    Waiting call = forget(id);
    if (call != null) {
      call.reply().answer(new RequestException(code, why).answer(), out);
    }
  }

  private @Nullable Waiting forget(String id) {
    Waiting call = waiting.remove(id);
    if (call != null) {
      scope.deadlines().cancel(call.deadline());
    }
    return call;
  }
}
