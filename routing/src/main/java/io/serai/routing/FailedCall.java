package io.serai.routing;

import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.routing.queue.ShardCall;
import io.serai.routing.store.CommittedTransaction;
import java.util.List;
import java.util.stream.IntStream;

/** What is answered when carrying out a call failed through our fault: somebody waits for it. */
final class FailedCall {
  private static final String TEXT = "the broker failed, see its log";

  private FailedCall() {}

  @SuppressWarnings("unchecked") // each case answers with the R of its call
  static <R> R answer(ShardCall<R> call) {
    Object answer =
        switch (call) {
          case ShardCall.CreateQueue _,
              ShardCall.InspectStream _,
              ShardCall.ForgetReader _,
              ShardCall.Inspect _,
              ShardCall.Purge _,
              ShardCall.Attach _,
              ShardCall.Detach _,
              ShardCall.Take _,
              ShardCall.WatchLive _,
              ShardCall.Reconfigure _ ->
              Result.refused(Refusal.INTERNAL_ERROR, TEXT);
          case ShardCall.RemoveQueue _ -> 0L;
          case ShardCall.ReplaceRetained _ -> false;
          case ShardCall.AppendRetained _ -> 0;
          case ShardCall.ReadRetained _,
              ShardCall.ReadHistory _,
              ShardCall.ListDelayed _,
              ShardCall.CancelDelayed _ ->
              List.of();
          case ShardCall.AppendDeadLetters(var entries) ->
              IntStream.range(0, entries.size()).boxed().toList();
          case ShardCall.Prepare _ -> ShardCall.PreparedPart.REFUSED;
          case ShardCall.KeepTransaction _ -> new CommittedTransaction(0, List.of());
          case ShardCall.UndoPart _,
              ShardCall.ApplyPart _,
              ShardCall.ForgetTransaction _,
              ShardCall.Barrier _,
              ShardCall.BeginHistory _,
              ShardCall.EndHistory _,
              ShardCall.ReleaseClient _,
              ShardCall.Retain _,
              ShardCall.RestoreMessages _,
              ShardCall.RestorePlaces _,
              ShardCall.RestoreDelayed _,
              ShardCall.KeepClient _,
              ShardCall.RestoreClients _,
              ShardCall.RestoreRetained _,
              ShardCall.BeginRestored _,
              ShardCall.KeepStreams _,
              ShardCall.AwaitSync _ ->
              Request.Done.DONE;
          // An epoch that fences nothing: the session works and is not kept.
          case ShardCall.ClaimClient _ -> new Request.SessionClaim(0, null);
        };
    return (R) answer;
  }
}
