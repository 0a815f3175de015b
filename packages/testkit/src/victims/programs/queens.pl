% Every way to put queens on a board, again and again. queens.pl ROUNDS
:- initialization(main, main).

main([Last]) :-
    atom_number(Last, Rounds),
    open('answer.txt', write, Out),
    forall(between(1, Rounds, Round), (N is 7 + Round mod 3, aggregate_all(count, queens(N, _), Count), format(Out, "~w ~w ~w~n", [Round, N, Count]), flush_output(Out))),
    close(Out).

queens(N, Queens) :- numlist(1, N, Rows), place(Rows, [], Queens).

place([], Queens, Queens).
place(Rows, Placed, Queens) :- select(Row, Rows, Rest), safe(Row, 1, Placed), place(Rest, [Row | Placed], Queens).

safe(_, _, []).
safe(Row, Distance, [Queen | Queens]) :-
    Row =\= Queen + Distance,
    Row =\= Queen - Distance,
    Further is Distance + 1,
    safe(Row, Further, Queens).
