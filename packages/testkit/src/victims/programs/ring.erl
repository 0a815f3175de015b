%% A ring of a thousand processes that hand a number on. ring.erl ROUNDS
main([Rounds]) ->
    {ok, Out} = file:open("answer.txt", [write]),
    First = lists:foldl(fun(At, Next) -> spawn(fun() -> hand_on(At, Next) end) end, self(), lists:seq(1, 1000)),
    rounds(Out, First, 1, list_to_integer(Rounds), 7),
    ok = file:close(Out).

hand_on(At, Next) ->
    receive
        {number, Number} ->
            Next ! {number, (Number * 1103515245 + At) rem 2147483648},
            hand_on(At, Next)
    end.

rounds(_Out, _First, Round, Last, _Number) when Round > Last -> ok;
rounds(Out, First, Round, Last, Number) ->
    First ! {number, Number},
    receive
        {number, Next} ->
            Sorted = lists:sort([erlang:phash2({Next, At}) || At <- lists:seq(1, 3000)]),
            io:format(Out, "~b ~b ~b~n", [Round, Next, lists:nth(7, Sorted)]),
            rounds(Out, First, Round + 1, Last, Next)
    end.
